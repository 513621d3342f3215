export { BoxesEditor as default } from "../../editors/ShapesEditor";
