export { ChoiceEditor as default } from "../../editors/ChoiceEditor";
