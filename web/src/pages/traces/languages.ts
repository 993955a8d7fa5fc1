import { searchLanguage } from "../../query/searchLanguage";
import { traceqlLanguage } from "../../query/traceqlLanguage";

/** What the server answers over traces. */
export const traceLanguages = [searchLanguage("traces", "http.route:/cart/*   duration:>500ms   status:error   service:checkout"), traceqlLanguage];
