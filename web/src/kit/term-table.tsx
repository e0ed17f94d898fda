import { VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./term-table.module.css";

export type TermRow = {
  readonly id: string;
  readonly term: ReactNode;
  readonly meaning: ReactNode;
};

type TermTableProps = {
  readonly caption: string;
  /** The headings of both columns; without them the table is a plain list of facts. */
  readonly heads?: readonly [string, string];
  readonly rows: readonly TermRow[];
};

/** Names on one side, their meanings on the other. Fits the narrowest screen without scrolling. */
export function TermTable({ caption, heads, rows }: TermTableProps) {
  return (
    <table className={styles["table"]}>
      <VisuallyHidden component="caption">{caption}</VisuallyHidden>
      <colgroup>
        <col className={styles["terms"]} />
        <col />
      </colgroup>
      {heads !== undefined && (
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {rows.map(({ id, term, meaning }) => (
          <tr key={id}>
            <th scope="row">{term}</th>
            <td>{meaning}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
