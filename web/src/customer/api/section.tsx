import type { ReactNode } from "react";
import { RichText } from "#kit/rich-text.tsx";
import styles from "./page.module.css";

type SectionProps = {
  readonly id: string;
  readonly title: string;
  /** Key of the text below the heading. */
  readonly intro?: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly children?: ReactNode;
};

/** A part of the page that can be linked to. */
export function Section({ id, title, intro, values = {}, children }: SectionProps) {
  return (
    <section className={styles["section"]} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {intro !== undefined && (
        <p>
          <RichText message={intro} values={values} />
        </p>
      )}
      {children}
    </section>
  );
}

/** A part of a section. */
export function Subsection({ id, title, intro, values = {}, children }: SectionProps) {
  return (
    <section className={styles["subsection"]} aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {intro !== undefined && (
        <p>
          <RichText message={intro} values={values} />
        </p>
      )}
      {children}
    </section>
  );
}
