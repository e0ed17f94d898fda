import { useTranslation } from "react-i18next";
import { usePanelInfo } from "#api/use-panel-info.ts";
import type { PanelInfoState } from "#api/use-panel-info.ts";
import { ApiPage } from "#customer/api/page.tsx";
import { LandingPage } from "#customer/landing/page.tsx";
import { PageFailed, PageLoading, PageMissing } from "#kit/page-state.tsx";
import { Shell } from "#kit/shell.tsx";

type AppProps = { readonly pathname: string; readonly origin: string };

/** The app at one address. Links load the next page anew: there are few, and each is small. */
export function App({ pathname, origin }: AppProps) {
  const { t } = useTranslation();
  const state = usePanelInfo();
  const info = state.kind === "ready" ? state.info : undefined;
  const path = pathname === "/" ? pathname : pathname.replace(/\/$/, "");
  const links = [
    { href: "/", label: t("shell.home"), isCurrent: path === "/" },
    { href: "/api", label: t("shell.api"), isCurrent: path === "/api" },
  ];
  return (
    <Shell name={info?.name} version={info?.version} links={links}>
      <Page path={path} origin={origin} state={state} />
    </Shell>
  );
}

type PageProps = {
  readonly path: string;
  readonly origin: string;
  readonly state: PanelInfoState;
};

function Page({ path, origin, state }: PageProps) {
  if (path !== "/" && path !== "/api") return <PageMissing />;
  switch (state.kind) {
    case "loading":
      return <PageLoading />;
    case "failed":
      return <PageFailed onRetry={state.retry} />;
    case "ready": {
      const Shown = path === "/" ? LandingPage : ApiPage;
      return <Shown info={state.info} apiUrl={`${origin}${state.info.api_url_path}`} />;
    }
  }
}
