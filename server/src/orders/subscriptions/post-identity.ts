import { linkKeyOf, normalLink } from "#values/normal-link.ts";

/** The id of a post for comparison: an id that is an address is the same in any spelling. */
export function postIdOf(id: string): string {
  return /^https?:/i.test(id.trim()) ? normalLink(id).key : id;
}

/** Each post once: of several with one id or one link, the first. */
export function postsOnce<Post extends { readonly id: string; readonly link: string }>(
  posts: readonly Post[],
): Post[] {
  const seen = new Set<string>();
  return posts.filter(({ id, link }) => {
    const names = [`id ${postIdOf(id)}`, `link ${linkKeyOf(link)}`];
    const isNew = names.every((name) => !seen.has(name));
    for (const name of names) seen.add(name);
    return isNew;
  });
}
