// Runs in the document's head, before anything is painted: applies the theme that the person chose, else the system's.
const chosen = ((): string | null => {
  try {
    return localStorage.getItem("sightline.theme");
  } catch {
    return null;
  }
})();
const light = chosen === "light" || (chosen !== "dark" && matchMedia("(prefers-color-scheme: light)").matches);
document.documentElement.dataset.theme = light ? "light" : "dark";
export {};
