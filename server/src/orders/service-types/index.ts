import { simplified } from "#providers/api-v2/answers/simplified.ts";
import { commentLikes } from "./comment-likes.ts";
import { commentReplies } from "./comment-replies.ts";
import { customCommentsPackage } from "./custom-comments-package.ts";
import { customComments } from "./custom-comments.ts";
import { defaultType } from "./default.ts";
import { invitesFromGroups } from "./invites-from-groups.ts";
import { mentionsCustomList } from "./mentions-custom-list.ts";
import { mentionsHashtag } from "./mentions-hashtag.ts";
import { mentionsMediaLikers } from "./mentions-media-likers.ts";
import { mentionsUserFollowers } from "./mentions-user-followers.ts";
import { mentionsWithHashtags } from "./mentions-with-hashtags.ts";
import { mentions } from "./mentions.ts";
import { packageType } from "./package.ts";
import { poll } from "./poll.ts";
import { seo } from "./seo.ts";
import type { ServiceType } from "./service-type.ts";
import { specialOne1dg } from "./special-1-1dg.ts";
import { special1dg } from "./special-1dg.ts";
import { subscriptions } from "./subscriptions.ts";
import { webTraffic } from "./web-traffic.ts";

/** Every service type that the panel sells, by a slug that never changes. */
export const serviceTypes = {
  default: defaultType,
  package: packageType,
  custom_comments: customComments,
  custom_comments_package: customCommentsPackage,
  mentions,
  mentions_with_hashtags: mentionsWithHashtags,
  mentions_custom_list: mentionsCustomList,
  mentions_hashtag: mentionsHashtag,
  mentions_user_followers: mentionsUserFollowers,
  mentions_media_likers: mentionsMediaLikers,
  comment_likes: commentLikes,
  comment_replies: commentReplies,
  poll,
  subscriptions,
  invites_from_groups: invitesFromGroups,
  seo,
  web_traffic: webTraffic,
  special_1dg: special1dg,
  special_1_1dg: specialOne1dg,
} satisfies Record<string, ServiceType>;

/**
 * Other names under which panels list a type, each as published code takes it: panels that list a
 * "Custom Comment" read `comments` from its orders, and resellers' scripts send them for every type
 * that contains these words. The bare "Special" is left out, because its orders have unknown
 * fields.
 */
const aliases: Readonly<Record<string, ServiceType>> = {
  SEO2: seo,
  "Custom Comment": customComments,
};

const typesByName = new Map<string, ServiceType>();
for (const [name, type] of Object.entries({ ...serviceTypes, ...aliases })) {
  typesByName.set(simplified(name), type);
  typesByName.set(simplified(type.wireName), type);
}

/**
 * Finds the type for a service list's `type`. Letter case does not matter, and blanks, underscores
 * and hyphens are alike or may be missing: "Custom Comments" is also "custom_comments" and
 * "CustomComments". A slug is found too. An unknown name is `undefined`, never Default: its orders
 * may need fields that nobody would ask for.
 */
export function findServiceType(name: string): ServiceType | undefined {
  return typesByName.get(simplified(name));
}

const typesByWireName = new Map<string, ServiceType>(
  Object.values(serviceTypes).map((type) => [type.wireName, type]),
);

/**
 * The type of a stored service, by its wire name. Throws where no such type was ever registered.
 */
export function serviceTypeOf(wireName: string): ServiceType {
  const type = typesByWireName.get(wireName);
  if (type === undefined) throw new Error(`no service type is named ${JSON.stringify(wireName)}`);
  return type;
}
