import { navigate, useView, useWindow } from "../core/router";
import { stepsOf, stepText } from "./steps";

/** The distance of a chart's points, automatic unless the link names one. */
export function StepChoice(): JSX.Element {
  const current = useView();
  const window = useWindow();
  const automatic = stepText(stepsOf({ ...current, extra: {} }, window).step);
  const chosen = current.extra.step ?? "";
  const offered = ["5s", "15s", "30s", "1m", "5m", "15m", "1h", "1d"];
  return (
    <label className="step-choice">Step{" "}
      <select value={chosen} onChange={(event) => navigate({ extra: { step: event.target.value === "" ? null : event.target.value } })}>
        <option value="">auto, {automatic}</option>
        {(chosen === "" || offered.includes(chosen) ? offered : [chosen, ...offered]).map((step) => <option key={step} value={step}>{step}</option>)}
      </select>
    </label>
  );
}
