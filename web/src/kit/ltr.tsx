import { Fragment } from "react";
import type { ReactNode } from "react";
import styles from "./ltr.module.css";

/** Ids, code, links and money: from left to right in every language. */
export function Ltr({ children }: { readonly children?: ReactNode }) {
  return <bdi dir="ltr">{children}</bdi>;
}

/** A word of code within a sentence. Where it is too long for its line it breaks behind a `_` or `/`. */
export function InlineCode({ children }: { readonly children?: ReactNode }) {
  return (
    <bdi dir="ltr">
      <code className={styles["code"]}>
        {typeof children === "string" ? breakable(children) : children}
      </code>
    </bdi>
  );
}

function breakable(text: string): ReactNode {
  const parts = [...text.matchAll(/[^_/]*[_/]*/g)].filter(([part]) => part !== "");
  return parts.map(({ index, 0: part }) => (
    <Fragment key={index}>
      {part}
      <wbr />
    </Fragment>
  ));
}
