// Long because: one table of the forms that the links of well-known sites have.

/** An address at a well-known site, taken apart so that its forms can be told apart. */
export type SitePlace = {
  /** Without `www.`, `m.` and the like. */
  readonly host: string;
  /** What stands between the slashes. */
  readonly parts: readonly string[];
  /** Without parameters that only say how the link was shared; callers may change it. */
  readonly query: URLSearchParams;
};

/** A site whose pages have several addresses. */
export type Site = {
  /** The name that stands for all of them. */
  readonly host: string;
  /** Other names of the whole site: somebody who means one of them means the site. */
  readonly twins?: RegExp;
  /** Names under which only a part of the site is found. */
  readonly also?: RegExp;
  /** Where the forms are documented. */
  readonly source: string;
  /**
   * The one path (with its query, where that counts) of a page; `undefined` where only the host has
   * several names. What tells pages apart stays: a comment is not its post.
   */
  readonly path: (place: SitePlace) => string | undefined;
};

/**
 * Short links (`vm.tiktok.com`, `fb.watch`, `pin.it`, `…/share/…`) stand for themselves: where they
 * lead cannot be known without a request. Letter case is folded only where the site does.
 */
export const sites: readonly Site[] = [
  {
    host: "instagram.com",
    twins: /^instagr\.am$/,
    source: "yt-dlp, extractor/instagram.py; instagram.com/developer/embedding",
    path: ({ parts, query }) => {
      const [name = "", kind = "", code = ""] = parts;
      if (/^(?:p|reel|reels|tv)$/.test(name) && kind !== "" && kind !== "audio") {
        return `/p/${kind}${commentOf(parts.slice(2))}`;
      }
      // The owner's name may come first; the code alone identifies the post.
      if (
        /^(?:p|reel|reels|tv)$/.test(kind) &&
        code !== "" &&
        code !== "audio" &&
        name !== "share"
      ) {
        return `/p/${code}${commentOf(parts.slice(3))}`;
      }
      if (name === "stories" && kind !== "" && kind !== "highlights") {
        return `/stories/${kind.toLowerCase()}${code === "" ? "" : `/${code}`}`;
      }
      if (name === "_u" && kind !== "") return person(kind);
      return oneName(parts, query);
    },
  },
  {
    host: "tiktok.com",
    source: "yt-dlp, extractor/tiktok.py; developers.tiktok.com/doc/embed-videos",
    path: ({ parts, query }) => {
      const [first = "", second = "", third = ""] = parts;
      if (first.startsWith("@") && /^(?:video|photo)$/.test(second) && isNumber(third)) {
        return `/video/${third}`;
      }
      if (first === "embed" || first === "player") {
        const id = parts.slice(1).find(isNumber);
        if (id !== undefined) return `/video/${id}`;
      }
      if (first === "share" && second === "video" && isNumber(third)) return `/video/${third}`;
      const old = /^([0-9]+)(?:\.html)?$/.exec(second)?.[1];
      if (first === "v" && old !== undefined) return `/video/${old}`;
      const music = /-([0-9]+)$/.exec(second)?.[1];
      if (first === "music" && music !== undefined) return `/music/${music}`;
      return first.startsWith("@") ? folded(parts, query) : oneName(parts, query);
    },
  },
  {
    host: "youtube.com",
    also: /^(?:youtu\.be|music\.youtube\.com|youtube-nocookie\.com|gaming\.youtube\.com)$/,
    source: "yt-dlp, extractor/youtube; developers.google.com/youtube/player_parameters",
    path: ({ host, parts, query }) => {
      const [first = "", second = ""] = parts;
      const comment = query.get("lc");
      const video = (id: string) => `/watch?v=${id}${comment === null ? "" : `&lc=${comment}`}`;
      if (host === "youtu.be" && first !== "") return video(first);
      if (/^(?:shorts|live|embed|v|e|watch)$/.test(first) && /^[\w-]{11}$/.test(second)) {
        return video(second);
      }
      const id = query.get("v");
      if (first === "watch" && id !== null) return video(id);
      const list = query.get("list");
      if (first === "playlist" && list !== null) return `/playlist?list=${list}`;
      const post = query.get("lb");
      if (post !== null && parts.at(-1) === "community") return `/post/${post}`;
      return first.startsWith("@") ? folded(parts, query) : oneName(parts, query);
    },
  },
  {
    host: "x.com",
    twins: /^twitter\.com$/,
    source: "yt-dlp, extractor/twitter.py; developer.x.com, Web Intents",
    path: ({ parts, query }) => {
      const at = parts.findIndex((part) => part === "status" || part === "statuses");
      const id = parts[at + 1] ?? "";
      // x.com/i/web/status/1, x.com/NAME/status/1/photo/1: the number alone identifies the post.
      if (at !== -1 && isNumber(id)) return `/i/status/${id}`;
      if (parts[0] === "intent") {
        const post = query.get("tweet_id") ?? query.get("in_reply_to");
        const name = query.get("screen_name");
        if (post !== null && isNumber(post)) return `/i/status/${post}`;
        if (name !== null) return person(name);
      }
      return oneName(parts, query);
    },
  },
  {
    host: "facebook.com",
    twins: /^(?:fb\.com|(?:mbasic|touch|web|business|[a-z]{2}-[a-z]{2})\.facebook\.com)$/,
    source: "yt-dlp, extractor/facebook.py; facebook.com/help/329992603752372 (usernames)",
    path: facebookPath,
  },
  {
    host: "threads.net",
    twins: /^threads\.com$/,
    source: "yt-dlp's extractors of Threads: threads.(net|com)/(@NAME/post|t)/CODE",
    path: ({ parts, query }) => {
      const [first = "", second = "", third = ""] = parts;
      if (second === "post" && third !== "") return `/post/${third}`;
      if ((first === "t" || first === "post") && second !== "") return `/post/${second}`;
      return oneName(parts, query);
    },
  },
  {
    host: "t.me",
    twins: /^telegram\.(?:me|dog)$/,
    also: /^[a-z][a-z0-9_]{3,31}\.t\.me$/,
    source: "core.telegram.org/api/links",
    path: ({ host, parts: said, query }) => {
      const name = /^([a-z0-9_]+)\.t\.me$/.exec(host)?.[1];
      const named = name === undefined ? said : [name, ...said];
      const parts = named[0] === "s" && named.length > 1 ? named.slice(1) : named;
      const [first = "", second = ""] = parts;
      if (first === "joinchat" && second !== "") return `/+${second}`;
      if (first.startsWith("+") || first === "c" || first === "") return undefined;
      const comment = query.get("comment");
      const post = parts.slice(1);
      if (post.length > 0 && post.every(isNumber)) {
        const which = comment === null ? "" : `?comment=${comment}`;
        return `/${first.toLowerCase()}/${post.join("/")}${which}`;
      }
      const path = `/${[first.replace(/^@/, "").toLowerCase(), ...post].join("/")}`;
      return `${path}${queryOf(query)}`;
    },
  },
  {
    host: "vk.com",
    twins: /^(?:vk\.ru|new\.vk\.com|vkontakte\.ru)$/,
    also: /^vkvideo\.ru$/,
    source: "yt-dlp, extractor/vk.py; dev.vk.com, wall and video ids",
    path: ({ parts, query }) => {
      const [first = "", second = ""] = parts;
      const shown = (query.get("w") ?? query.get("z") ?? "").split("/")[0] ?? "";
      const object =
        /^(?:wall|photo|video|clip|album|topic|story|market|product|doc)-?[0-9]+_[0-9]+/;
      const found = [shown, first, second].map((text) => object.exec(text)?.[0]).find(Boolean);
      const reply = query.get("reply") ?? /[?&]reply=([0-9]+)/.exec(query.get("w") ?? "")?.[1];
      if (found !== undefined) return `/${found}${reply ? `?reply=${reply}` : ""}`;
      const [owner, id] = [query.get("oid"), query.get("id")];
      if (first === "video_ext.php" && owner !== null && id !== null) return `/video${owner}_${id}`;
      const group = /^(?:club|public|event)([0-9]+)$/.exec(first)?.[1];
      if (group !== undefined && parts.length === 1) return `/club${group}`;
      return oneName(parts, query);
    },
  },
  {
    host: "open.spotify.com",
    also: /^(?:play|embed)\.spotify\.com$/,
    source: "developer.spotify.com/documentation/web-api/concepts/spotify-uris-ids",
    path: ({ parts: said }) => {
      const parts = said.filter(
        (part, at) => !(at < 2 && /^(?:intl-[a-z-]+|embed|embed-podcast)$/i.test(part)),
      );
      const at = parts.findIndex((part) =>
        /^(?:track|album|artist|playlist|show|episode)$/.test(part),
      );
      const id = parts[at + 1];
      if (at !== -1 && id !== undefined) return `/${parts[at] ?? ""}/${id}`;
      return `/${parts.join("/")}`;
    },
  },
  {
    host: "soundcloud.com",
    source: "yt-dlp, extractor/soundcloud.py; developers.soundcloud.com/docs/oembed",
    // `in` and `in_system_playlist` say where it was opened from.
    path: ({ parts, query }) => {
      query.delete("in");
      query.delete("in_system_playlist");
      return oneName(parts, query) ?? `/${parts.join("/")}${queryOf(query)}`;
    },
  },
  {
    host: "twitch.tv",
    twins: /^go\.twitch\.tv$/,
    also: /^(?:clips|player)\.twitch\.tv$/,
    source: "yt-dlp, extractor/twitch.py; dev.twitch.tv/docs/embed",
    path: ({ host, parts, query }) => {
      const clip =
        host === "clips.twitch.tv"
          ? (query.get("clip") ?? parts.at(-1))
          : parts[parts.findIndex((part) => part === "clip") + 1];
      if (clip !== undefined && (host === "clips.twitch.tv" || parts.includes("clip"))) {
        return `/clip/${clip}`;
      }
      const video = /^v?([0-9]+)$/.exec(query.get("video") ?? "")?.[1];
      if (host === "player.twitch.tv" && video !== undefined) return `/videos/${video}`;
      const channel = query.get("channel");
      if (host === "player.twitch.tv" && channel !== null) return person(channel);
      const at = parts.findIndex((part) => /^(?:v|video|videos)$/.test(part));
      const id = parts[at + 1] ?? "";
      return at !== -1 && isNumber(id) ? `/videos/${id}` : oneName(parts, query);
    },
  },
  {
    host: "pinterest.com",
    twins: /^(?:[a-z]{2}\.)?pinterest\.(?:com|[a-z]{2}|com?\.[a-z]{2})$/,
    source: "yt-dlp, extractor/pinterest.py: (xx.)pinterest.(TLD)/pin/(slug--)ID",
    path: ({ parts, query }) => {
      const id = /^(?:.*--)?([0-9]+)$/.exec(parts[1] ?? "")?.[1];
      return parts[0] === "pin" && id !== undefined ? `/pin/${id}` : oneName(parts, query);
    },
  },
  {
    host: "linkedin.com",
    twins: /^[a-z]{2}\.linkedin\.com$/,
    source: "yt-dlp, extractor/linkedin.py; learn.microsoft.com/linkedin, URNs of shares",
    path: ({ parts }) => {
      const urn = parts
        .map((part) => /^urn:li:(activity|share|ugcPost):([0-9]+)/.exec(part))
        .find(Boolean);
      const posted = /-(activity|share|ugcPost)-([0-9]+)(?:-|$)/.exec(
        parts[0] === "posts" ? (parts[1] ?? "") : "",
      );
      const [, kind, id] = urn ?? posted ?? [];
      if (kind !== undefined && id !== undefined) return `/${kind}/${id}`;
      const [first = "", second = ""] = parts;
      if (/^(?:in|company|school|showcase)$/.test(first) && second !== "") {
        // What follows is a language or a tab of it.
        return `/${first}/${second.toLowerCase()}`;
      }
      return undefined;
    },
  },
  {
    host: "reddit.com",
    twins: /^(?:old|np|new|sh|amp|[a-z]{2})\.reddit\.com$/,
    also: /^redd\.it$/,
    source: "yt-dlp, extractor/reddit.py; reddit.com/dev/api (links are known by their base-36 id)",
    path: ({ host, parts, query }) => {
      const at = parts.findIndex((part) => part === "comments" || part === "gallery");
      const id = host === "redd.it" ? parts[0] : at === -1 ? undefined : parts[at + 1];
      if (id !== undefined && /^[0-9a-z]+$/i.test(id)) {
        const comment = query.get("comment") ?? parts[at + 3];
        const isComment = host !== "redd.it" && comment !== undefined && comment !== "";
        return `/comments/${id.toLowerCase()}${isComment ? `/${comment.toLowerCase()}` : ""}`;
      }
      const [first = "", second = "", ...rest] = parts;
      if (/^(?:u|user)$/.test(first) && second !== "") {
        return ["/user", second.toLowerCase(), ...rest].join("/") + queryOf(query);
      }
      if (first === "r" && second !== "") {
        return ["/r", second.toLowerCase(), ...rest].join("/") + queryOf(query);
      }
      return undefined;
    },
  },
  {
    host: "snapchat.com",
    also: /^story\.snapchat\.com$/,
    source: "yt-dlp, extractor/snapchat.py; snapchat.com/add and snapchat.com/@NAME",
    path: ({ parts, query }) => {
      const at = parts.indexOf("spotlight");
      const id = parts[at + 1];
      if (at !== -1 && id !== undefined) return `/spotlight/${id}`;
      const [first = "", second = ""] = parts;
      if (/^(?:add|s)$/.test(first) && second !== "") return person(second);
      return oneName(parts, query);
    },
  },
  {
    host: "discord.gg",
    also: /^(?:(?:ptb\.|canary\.)?discord(?:app)?\.com|invite\.gg)$/,
    source: "docs.discord.com, resources/invite; support.discord.com, Invites 101",
    path: ({ host, parts }) => {
      const [first = "", second = ""] = parts;
      if (host === "discord.gg" && first !== "")
        return `/${second !== "" && first === "invite" ? second : first}`;
      if (first === "invite" && second !== "") return `/${second}`;
      // What is not an invitation must differ from the codes of invitations.
      return `/${["", ...parts].join("/")}`;
    },
  },
  {
    host: "chat.whatsapp.com",
    source: "faq.whatsapp.com, invite links of groups",
    path: ({ parts }) =>
      parts[0] === "invite" && parts[1] !== undefined ? `/${parts[1]}` : undefined,
  },
  {
    host: "dailymotion.com",
    also: /^(?:dai\.ly|geo\.dailymotion\.com)$/,
    source: "yt-dlp, extractor/dailymotion.py; developers.dailymotion.com, player",
    path: ({ host, parts, query }) => {
      const at = parts.indexOf("video");
      const said = host === "dai.ly" ? parts[0] : (query.get("video") ?? parts[at + 1]);
      const id = /^[a-z0-9]+/i.exec(said ?? "")?.[0];
      return id !== undefined && (host === "dai.ly" || at !== -1 || query.has("video"))
        ? `/video/${id}`
        : oneName(parts, query);
    },
  },
];

/** The number of a post, video or photo stands for itself, whoever's name it is shown with. */
function facebookPath({ parts, query }: SitePlace): string | undefined {
  const [first = "", second = ""] = parts;
  const comment = query.get("reply_comment_id") ?? query.get("comment_id");
  const which = comment === null ? "" : `?comment_id=${comment}`;
  const said = (...names: string[]) =>
    names.map((name) => query.get(name)).find((text) => text !== null);
  const behind = (...names: string[]) => {
    const at = parts.findIndex((part) => names.includes(part));
    return at === -1 ? undefined : parts.slice(at + 1).findLast((part) => isFacebookId(part));
  };
  if (first === "share") return undefined;
  if (
    /^(?:permalink|story|photo|video)\.php$/.test(first) ||
    /^(?:watch|photo|groups)$/.test(first)
  ) {
    const post = said("story_fbid", "multi_permalinks");
    if (post !== undefined) return `/posts/${post}${which}`;
    const video = first === "watch" || first === "video.php" ? said("v") : undefined;
    if (video !== undefined) return `/videos/${video}${which}`;
    const photo = said("fbid");
    if (photo !== undefined) return `/photo/${photo}${which}`;
  }
  const video = behind("videos", "reel", "reels");
  if (video !== undefined) return `/videos/${video}${which}`;
  const post = behind("posts", "permalink");
  if (post !== undefined) return `/posts/${post}${which}`;
  const photo = behind("photos");
  if (photo !== undefined) return `/photo/${photo}${which}`;
  if (first === "events" && isNumber(second)) return `/events/${second}`;
  if (first === "groups" && second !== "" && parts.length === 2)
    return `/groups/${second.toLowerCase()}`;
  const id = said("id");
  if (first === "profile.php" && id !== undefined) return `/${id}`;
  if (/^(?:people|pages)$/.test(first)) {
    const number = parts.slice(2).find(isNumber);
    if (number !== undefined) return `/${number}`;
  }
  const name = first === "pg" && parts.length === 2 ? second : first;
  // There, neither letter case nor dots tell people's names apart.
  if (parts.length === 1 || first === "pg") {
    return name.endsWith(".php") ? undefined : person(name.replaceAll(".", ""));
  }
  return undefined;
}

function isFacebookId(text: string): boolean {
  return isNumber(text) || text.startsWith("pfbid");
}

function isNumber(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

/** A person's name, where letter case does not count. */
function person(name: string): string {
  return `/${name.replace(/^@/, "").toLowerCase()}`;
}

function oneName(parts: readonly string[], query: URLSearchParams): string | undefined {
  return parts.length === 1 ? folded(parts, query) : undefined;
}

/** The first part is a person's name; the rest stays as it is. */
function folded([name = "", ...rest]: readonly string[], query: URLSearchParams): string {
  return [person(name), ...rest].join("/") + queryOf(query);
}

/** At Instagram a comment's address follows its post's: `/p/CODE/c/NUMBER`. */
function commentOf(rest: readonly string[]): string {
  const [c, id, r, reply] = rest;
  if (c !== "c" || id === undefined) return "";
  return `/c/${r === "r" && reply !== undefined ? reply : id}`;
}

function queryOf(query: URLSearchParams): string {
  const kept = [...query]
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${value}`);
  return kept.length === 0 ? "" : `?${kept.toSorted().join("&")}`;
}
