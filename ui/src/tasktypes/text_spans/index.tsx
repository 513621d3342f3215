export { SpansEditor as default } from "../../editors/SpansEditor";
