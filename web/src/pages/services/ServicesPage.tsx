import { useView } from "../../core/router";
import { ServiceDetail } from "./ServiceDetail";
import { ServiceTable } from "./ServiceTable";

/** Services: all of them, or one. */
export default function ServicesPage(): JSX.Element {
  const current = useView();
  return current.id === "" ? <ServiceTable /> : <ServiceDetail name={current.id} />;
}
