/** The role that the application acts as: it owns nothing and cannot change a posting. */
export const applicationRole = "panelwright_app";
