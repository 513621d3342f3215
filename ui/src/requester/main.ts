/** The requester's pages: their look, charts, and the rectangle of a remark. */
import "./requester.css";

import { defineCharts } from "../charts/element";
import { followRegions } from "./regions";

defineCharts();
followRegions();
