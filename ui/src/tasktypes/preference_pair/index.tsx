export { PreferenceEditor as default } from "../../editors/PreferenceEditor";
