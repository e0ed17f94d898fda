import { useId } from "react";
import { CopyButton } from "./copy-button.tsx";
import styles from "./code-block.module.css";
import { useOverflow } from "./use-overflow.ts";

type CodeBlockProps = {
  readonly title: string;
  /** Tells this block from others of the same title. */
  readonly of?: string;
  readonly code: string;
};

/** Code with its title and a button that copies it; scrolls within itself where it is too wide. */
export function CodeBlock({ title, of, code }: CodeBlockProps) {
  const id = useId();
  const { ref, isOverflowing } = useOverflow<HTMLPreElement>();
  const what = of === undefined ? title : `${title}, ${of}`;
  const reachable = isOverflowing ? { tabIndex: 0, role: "region", "aria-label": what } : {};
  return (
    <figure className={styles["block"]} aria-labelledby={id}>
      <div className={styles["head"]}>
        <figcaption id={id} className={styles["title"]}>
          {title}
        </figcaption>
        <CopyButton text={code} what={what} />
      </div>
      <pre ref={ref} className={styles["code"]} dir="ltr" {...reachable}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}
