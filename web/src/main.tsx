import { createRoot } from "react-dom/client";
import { App } from "./App";
import { startKeys } from "./core/keys";

const place = document.getElementById("application");
if (place) {
  startKeys();
  createRoot(place).render(<App />);
}
