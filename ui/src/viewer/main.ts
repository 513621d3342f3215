/** The label viewer for server-rendered pages. */
import { defineViewer } from "./element";

defineViewer();
