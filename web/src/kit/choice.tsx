import { NativeSelect, VisuallyHidden } from "@mantine/core";
import { useId } from "react";

type ChoiceProps<Value extends string> = {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  onChoose(value: Value): void;
};

/** One of a few: the browser's own list, which every keyboard and phone knows how to open. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, isLabelHidden = false, value, options, onChoose } = props;
  const id = useId();
  const select = (
    <NativeSelect
      id={id}
      value={value}
      data={options.map((option) => ({ ...option }))}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.currentTarget.value);
        if (chosen !== undefined) onChoose(chosen.value);
      }}
      {...(isLabelHidden ? {} : { label })}
    />
  );
  if (!isLabelHidden) return select;
  return (
    <div>
      <label htmlFor={id}>
        <VisuallyHidden>{label}</VisuallyHidden>
      </label>
      {select}
    </div>
  );
}
