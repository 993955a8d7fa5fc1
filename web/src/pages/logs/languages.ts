import { logqlLanguage } from "../../query/logqlLanguage";
import { searchLanguage } from "../../query/searchLanguage";

/** What the server answers over logs. */
export const logLanguages = [searchLanguage("logs", "timeout   \"connection refused\"   service:checkout   severity:>=warn   -http.route:/health"), logqlLanguage];
