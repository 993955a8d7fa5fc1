import { navigate, useView } from "../core/router";
import { Unit, units } from "./units";

/** The unit that the link names; undefined when it is left to the queries. */
export function useChosenUnit(): Unit | undefined {
  const chosen = useView().extra.unit;
  return units.find((unit) => unit === chosen);
}

/** The unit of a chart's values. */
export function UnitChoice({ guessed }: { guessed: Unit | undefined }): JSX.Element {
  const chosen = useChosenUnit();
  return (
    <label className="step-choice">Unit{" "}
      <select value={chosen ?? ""} onChange={(event) => navigate({ extra: { unit: event.target.value === "" ? null : event.target.value } })}>
        <option value="">auto, {guessed ?? "number"}</option>
        {units.map((unit) => <option key={unit} value={unit}>{unit}</option>)}
      </select>
    </label>
  );
}
