export { ChoicesEditor as default } from "../../editors/ChoicesEditor";
