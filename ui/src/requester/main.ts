/** The requester's pages: their look, charts, and the rectangle of a remark. */
import "./requester.css";

import { defineCharts } from "../charts/element";
import { followDraft } from "./draft/page";
import { followPreviews } from "./previews";
import { followRegions } from "./regions";

defineCharts();
followDraft();
followPreviews();
followRegions();
