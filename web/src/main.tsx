import { createRoot } from "react-dom/client";
import { App } from "./App";
import { startKeys } from "./core/keys";
import { watchVersion } from "./core/newVersion";

const place = document.getElementById("application");
if (place) {
  startKeys();
  watchVersion();
  createRoot(place).render(<App />);
}
