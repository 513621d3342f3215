/** Takes the eval out of htmx, which the CSP would refuse anyway: attributes that need it say so. */
export function noEval() {
  return {
    name: "assay-no-eval",
    transform(code, id) {
      if (!id.includes("/htmx.org/")) return null;
      return { code: code.replace("return eval(str)", 'throw new Error("htmx may not evaluate: " + str)'), map: null };
    },
  };
}
