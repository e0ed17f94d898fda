import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressesIn, linkKeyOf, normalLink } from "./normal-link.ts";
import { sites } from "./site-forms.ts";

const key = (link: string) => normalLink(link).key;

describe("the same link in other spellings", () => {
  test.each<[string, ...string[]]>([
    [
      "https://example.com/a",
      "http://example.com/a",
      "HTTPS://EXAMPLE.COM/a",
      "example.com/a",
      "//example.com/a",
      "www.example.com/a/",
      "https://m.example.com/a",
      "https://www.m.example.com/a",
      "https://example.com:443/a",
      "http://example.com:80/a//",
      "https://example.com./a",
      "https://somebody:secret@example.com/a",
      "https://example.com/%61",
      "https://example.com/b/../a",
      "https://example.com/a?utm_source=x&utm_medium=y",
      "https://example.com/a?fbclid=1&igsh=2&si=3",
      "https://example.com/a?empty=",
      "https://example.com/a#comments",
      "  https://example.com/a  ",
      "https:\\\\example.com\\a",
    ],
    [
      "https://example.com/a?x=1&y=2",
      "https://example.com/a?y=2&x=1",
      "example.com/a/?x=1&y=2&gclid=7",
    ],
    [
      "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
      "https://youtu.be/dQw4w9WgXcQ?si=abc",
      "https://m.youtube.com/watch?v=dQw4w9WgXcQ&t=42s&feature=share",
      "https://youtube.com/shorts/dQw4w9WgXcQ",
      "https://www.youtube.com/embed/dQw4w9WgXcQ",
      "https://music.youtube.com/watch?v=dQw4w9WgXcQ",
    ],
    [
      "https://www.instagram.com/reel/Cabc/",
      "https://instagram.com/p/Cabc/?igsh=MzRl",
      "https://l.instagram.com/?u=https%3A%2F%2Finstagram.com%2Freels%2FCabc",
    ],
    [
      "https://instagram.com/Some.Body",
      "instagram.com/some.body/?igshid=1",
      "https://instagr.am/some.body",
    ],
    [
      "https://x.com/a/status/1",
      "https://twitter.com/a/status/1?s=20&t=abc",
      "mobile.twitter.com/a/status/1",
    ],
    ["https://t.me/channel/5", "https://telegram.me/channel/5", "https://t.me/s/channel/5"],
    ["@Somebody", "somebody", " SOMEBODY "],
  ])("%s", (first, ...others) => {
    for (const other of others) expect([other, key(other)]).toEqual([other, key(first)]);
  });
});

describe("other links stay other links", () => {
  test.each([
    ["https://example.com/a", "https://example.com/b"],
    ["https://example.com/a", "https://example.com/A"],
    ["https://example.com/a", "https://example.com:8443/a"],
    ["https://example.com/a", "https://example.com/a?id=1"],
    ["https://example.com/a?id=1", "https://example.com/a?id=2"],
    ["https://example.com/a", "https://a.example.com/a"],
    ["https://youtu.be/dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcq"],
    ["https://example.com/#!/a", "https://example.com/#!/b"],
    ["https://example.com/a?s=1", "https://example.com/a?s=2"],
    ["https://m.com/a", "https://www.com/a"],
  ])("%s is not %s", (a, b) => {
    expect(key(a)).not.toBe(key(b));
  });
});

test("no text makes it fail, and what it made of a link it makes of that again", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.webUrl()), (link) => {
      expect(linkKeyOf(link)).toMatch(/^[0-9a-f]{32}$/);
      expect(linkKeyOf(link)).toBe(linkKeyOf(` ${link} `));
    }),
    { numRuns: 3000 },
  );
});

/** Forms of one page, by the site; those of two lists are two pages. */
const forms: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "instagram.com": [
    [
      "https://www.instagram.com/p/CODE_1a/",
      "https://www.instagram.com/anna.b/p/CODE_1a/?img_index=2",
      "instagram.com/anna.b/reel/CODE_1a",
      "https://instagram.com/reels/CODE_1a/",
      "https://instagram.com/tv/CODE_1a/?utm_source=ig_web_copy_link",
      "https://instagram.com/p/CODE_1a/embed/captioned",
      "http://instagr.am/p/CODE_1a/liked_by",
    ],
    ["https://instagram.com/p/CODE_1a/c/17/", "https://www.instagram.com/anna.b/p/CODE_1a/c/17"],
    ["https://instagram.com/p/code_1a/"],
    ["https://instagram.com/stories/Anna.B/12/", "instagram.com/stories/anna.b/12?igsh=1"],
    ["https://instagram.com/Anna.B", "https://instagram.com/_u/anna.b/", "@anna.b at"].slice(0, 2),
    ["https://www.instagram.com/reels/audio/12/"],
  ],
  "tiktok.com": [
    [
      "https://www.tiktok.com/@anna/video/7000000000000000001?is_from_webapp=1&sender_device=pc",
      "https://m.tiktok.com/v/7000000000000000001.html",
      "https://www.tiktok.com/@Other.Name/photo/7000000000000000001",
      "https://www.tiktok.com/embed/v2/7000000000000000001",
      "https://www.tiktok.com/player/v1/7000000000000000001",
      "tiktok.com/share/video/7000000000000000001/",
    ],
    ["https://vm.tiktok.com/ZMabc/"],
    ["https://www.tiktok.com/@Anna", "tiktok.com/@anna?_t=8&_r=1", "https://tiktok.com/anna"],
    ["https://www.tiktok.com/@anna/live", "https://www.tiktok.com/@ANNA/live"],
  ],
  "youtube.com": [
    [
      "https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL1&index=2",
      "https://youtu.be/dQw4w9WgXcQ?t=3",
      "https://youtube.com/live/dQw4w9WgXcQ?feature=share",
      "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
      "https://www.youtube.com/e/dQw4w9WgXcQ",
    ],
    ["https://www.youtube.com/watch?v=dQw4w9WgXcQ&lc=Ugx"],
    ["https://www.youtube.com/playlist?list=PL1&si=x", "youtube.com/playlist?list=PL1"],
    ["https://www.youtube.com/@Anna", "https://m.youtube.com/@anna/"],
    ["https://www.youtube.com/channel/UCabc"],
    ["https://www.youtube.com/channel/UCABC"],
    ["https://www.youtube.com/results?search_query=a"],
    ["https://www.youtube.com/results?search_query=b"],
  ],
  "x.com": [
    [
      "https://x.com/anna/status/1700000000000000001",
      "https://twitter.com/anna/status/1700000000000000001/photo/1?s=20",
      "https://x.com/i/web/status/1700000000000000001",
      "https://mobile.twitter.com/i/status/1700000000000000001",
      "https://x.com/Anna/statuses/1700000000000000001",
      "https://x.com/intent/like?tweet_id=1700000000000000001",
    ],
    ["https://x.com/Anna", "twitter.com/@anna", "https://x.com/intent/follow?screen_name=anna"],
  ],
  "facebook.com": [
    [
      "https://www.facebook.com/anna/posts/1234567890",
      "https://m.facebook.com/story.php?story_fbid=1234567890&id=42",
      "https://www.facebook.com/permalink.php?story_fbid=1234567890&id=42&mibextid=x",
      "https://mbasic.facebook.com/anna/posts/a-title/1234567890/",
      "https://www.facebook.com/groups/99/permalink/1234567890/",
      "https://facebook.com/groups/99/posts/1234567890",
      "https://www.facebook.com/groups/99/?multi_permalinks=1234567890",
    ],
    [
      "https://www.facebook.com/watch/?v=222333",
      "https://facebook.com/watch?v=222333&ref=sharing",
      "https://www.facebook.com/anna/videos/222333/",
      "https://www.facebook.com/anna/videos/a-title/222333",
      "https://de-de.facebook.com/reel/222333",
      "https://www.facebook.com/video.php?v=222333",
    ],
    [
      "https://www.facebook.com/photo.php?fbid=77&set=a.1",
      "facebook.com/photo/?fbid=77",
      "https://facebook.com/anna/photos/a.1.2/77",
    ],
    ["https://www.facebook.com/anna/posts/1234567890?comment_id=5"],
    ["https://www.facebook.com/share/p/AbC/"],
    ["https://www.facebook.com/share/p/aBC/"],
    ["https://www.facebook.com/Anna.Bell", "fb.com/annabell", "https://m.facebook.com/anna.bell/"],
    ["https://www.facebook.com/profile.php?id=42", "https://facebook.com/people/Anna/42/"],
    ["https://www.facebook.com/profile.php?id=43"],
  ],
  "threads.net": [
    [
      "https://www.threads.net/@anna/post/CODEx",
      "https://www.threads.com/@anna/post/CODEx?xmt=1",
      "https://threads.com/t/CODEx",
    ],
    ["https://www.threads.com/@Anna", "threads.net/anna"],
  ],
  "t.me": [
    [
      "https://t.me/Channel/5",
      "t.me/s/channel/5",
      "https://telegram.me/channel/5?single",
      "https://channel.t.me/5",
      "http://telegram.dog/channel/5/",
    ],
    ["https://t.me/channel/5?comment=7"],
    ["https://t.me/joinchat/AbCd", "https://t.me/+AbCd"],
    ["https://t.me/+abcd"],
    ["https://t.me/channel", "https://channel.t.me", "t.me/@Channel"],
    ["https://t.me/bot?start=1"],
    ["https://t.me/bot?start=2"],
    ["https://t.me/c/1/2"],
  ],
  "vk.com": [
    [
      "https://vk.com/wall-1_2",
      "https://m.vk.com/wall-1_2",
      "https://vk.ru/anna?w=wall-1_2",
      "https://vk.com/feed?w=wall-1_2%2Fall",
    ],
    ["https://vk.com/wall-1_2?reply=3"],
    [
      "https://vk.com/video-1_22?list=abc",
      "https://vkvideo.ru/video-1_22",
      "https://vk.com/club1?z=video-1_22%2Fdef",
      "https://vk.com/video_ext.php?oid=-1&id=22&hash=f",
    ],
    ["https://vk.com/club1", "https://vk.com/public1"],
    ["https://vk.com/Anna_B", "vk.ru/anna_b"],
  ],
  "open.spotify.com": [
    [
      "https://open.spotify.com/track/6rqhFgbbKwnb9MLmUQDhG6?si=abc",
      "https://open.spotify.com/intl-de/track/6rqhFgbbKwnb9MLmUQDhG6",
      "https://open.spotify.com/embed/track/6rqhFgbbKwnb9MLmUQDhG6",
      "https://play.spotify.com/track/6rqhFgbbKwnb9MLmUQDhG6",
      "spotify:track:6rqhFgbbKwnb9MLmUQDhG6",
    ],
    ["https://open.spotify.com/user/anna/playlist/37i9", "spotify:playlist:37i9"],
    ["https://open.spotify.com/track/6RQhFgbbKwnb9MLmUQDhG6"],
  ],
  "soundcloud.com": [
    [
      "https://soundcloud.com/anna/one?in=anna/sets/all&si=1",
      "https://m.soundcloud.com/anna/one",
      "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fanna%2Fone",
    ],
    ["https://soundcloud.com/anna/one/s-secret"],
  ],
  "twitch.tv": [
    [
      "https://clips.twitch.tv/FaintLight-1a",
      "https://www.twitch.tv/anna/clip/FaintLight-1a?filter=clips",
      "https://clips.twitch.tv/embed?clip=FaintLight-1a",
    ],
    [
      "https://www.twitch.tv/videos/11",
      "https://go.twitch.tv/anna/v/11",
      "https://player.twitch.tv/?video=v11",
    ],
    [
      "https://twitch.tv/Anna",
      "https://m.twitch.tv/anna",
      "https://player.twitch.tv/?channel=anna",
    ],
  ],
  "pinterest.com": [
    [
      "https://www.pinterest.com/pin/123/",
      "https://www.pinterest.co.uk/pin/a-title--123/",
      "https://de.pinterest.com/pin/123",
      "pinterest.de/pin/123",
    ],
    ["https://pin.it/AbC"],
  ],
  "linkedin.com": [
    [
      "https://www.linkedin.com/feed/update/urn:li:activity:71/",
      "https://www.linkedin.com/posts/anna-b_a-title-activity-71-AbC_?utm_source=share",
      "https://de.linkedin.com/embed/feed/update/urn:li:activity:71",
    ],
    ["https://www.linkedin.com/feed/update/urn:li:share:71"],
    ["https://www.linkedin.com/in/Anna-B/", "https://de.linkedin.com/in/anna-b/en"],
  ],
  "reddit.com": [
    [
      "https://www.reddit.com/r/cats/comments/1abc/a_title/",
      "https://old.reddit.com/r/cats/comments/1abc",
      "https://np.reddit.com/comments/1abc/",
      "https://redd.it/1abc",
      "https://new.reddit.com/user/anna/comments/1abc/a_title/?utm_medium=x",
      "https://www.reddit.com/gallery/1abc",
    ],
    [
      "https://www.reddit.com/r/cats/comments/1abc/a_title/k7/",
      "https://old.reddit.com/r/cats/comments/1abc/comment/k7/",
    ],
    ["https://www.reddit.com/u/Anna", "https://old.reddit.com/user/anna/"],
    ["https://www.reddit.com/r/Cats", "reddit.com/r/cats/"],
  ],
  "snapchat.com": [
    [
      "https://www.snapchat.com/add/Anna",
      "https://snapchat.com/@anna",
      "https://story.snapchat.com/@anna",
    ],
    ["https://www.snapchat.com/spotlight/W7x", "https://www.snapchat.com/@anna/spotlight/W7x"],
  ],
  "discord.gg": [
    ["https://discord.gg/AbC", "https://discord.com/invite/AbC", "discordapp.com/invite/AbC"],
    ["https://discord.gg/aBC"],
    ["https://discord.com/channels/1/2", "https://ptb.discord.com/channels/1/2"],
  ],
  "chat.whatsapp.com": [["https://chat.whatsapp.com/AbC", "https://chat.whatsapp.com/invite/AbC"]],
  "dailymotion.com": [
    [
      "https://www.dailymotion.com/video/x8abc",
      "https://dai.ly/x8abc",
      "https://www.dailymotion.com/embed/video/x8abc",
      "https://geo.dailymotion.com/player.html?video=x8abc",
    ],
  ],
};

describe("the forms of well-known sites", () => {
  test("every site of the table has forms here, and says where they are from", () => {
    expect(Object.keys(forms).toSorted()).toEqual(sites.map(({ host }) => host).toSorted());
    for (const { source } of sites) expect(source).not.toBe("");
  });

  test.each(Object.entries(forms))(
    "%s: forms of one page are one, other pages are others",
    (_, pages) => {
      for (const [first = "", ...others] of pages) {
        for (const other of others) expect([other, key(other)]).toEqual([other, key(first)]);
      }
      const keys = pages.map(([first = ""]) => key(first));
      expect(keys).toEqual([...new Set(keys)]);
    },
  );

  test("scheme, www., tracking, fragments and signs that nobody sees change nothing", () => {
    for (const [first = ""] of Object.values(forms).flat()) {
      if (!first.startsWith("https://")) continue;
      const mark = first.includes("?") ? "&" : "?";
      for (const other of [
        first.replace("https:", "http:"),
        first.replace("https://", ""),
        `${first}${mark}utm_source=rss&fbclid=1`,
        `${first}#c`,
        `\u200b${first}\ufeff`,
        first.replace("/", "/\u00ad"),
      ]) {
        expect([other, key(other)]).toEqual([other, key(first)]);
      }
    }
  });
});

test("addresses are found wherever they stand in a text", () => {
  const hosts = (text: string) => addressesIn(text).map(({ host }) => host);
  for (const text of [
    "see https://evil.example/p",
    "(https://evil.example/p)",
    "\u200bhttps://evil.example",
    "evil。example/p",
    "look:evil．example",
    "a,b,https://www.evil.example.",
    "«evil.example»",
    "https://good.example/?next=https%3A%2F%2Fevil.example%2F",
    "https://good.example@evil.example/",
    "x=evil.example/p",
    "ｈｔｔｐｓ：／／ｅｖｉｌ．ｅｘａｍｐｌｅ／ｐ",
    "text\nhttps://evil.ex\u00adample",
  ]) {
    expect([text, hosts(text)]).toEqual([text, expect.arrayContaining(["evil.example"])]);
  }
  expect(hosts("anna")).toEqual([]);
  expect(hosts("nice picture. really")).toEqual([]);
  expect(normalLink("http://[::ffff:203.0.113.5]/").host).toBe("203.0.113.5");
  expect(hosts("http://0xcb007105/ http://3405803781/")).toContain("203.0.113.5");
});

test("an address behind many others is found as well, and long texts cost little", () => {
  const many = Array.from({ length: 400 }, (_, n) => `a${n}.example`).join(" ");
  expect(addressesIn(`${many} evil.example`).some(({ host }) => host === "evil.example")).toBe(
    true,
  );
  expect(addressesIn("a.".repeat(500_000))).toHaveLength(0);
  expect(addressesIn("a:b.cc ".repeat(150_000)).length).toBeLessThan(10);
});
