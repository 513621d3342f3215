import type { DetailedHTMLProps, HTMLAttributes } from "react";

declare module "react" {
   
  namespace JSX {
    interface IntrinsicElements {
      "assay-label": DetailedHTMLProps<HTMLAttributes<HTMLElement>, HTMLElement> & {
        class?: string;
        src?: string;
        text?: string;
        label?: string | undefined;
        labels?: string;
        alt?: string;
        compare?: string | undefined;
        commentable?: boolean | undefined;
        regions?: string;
      };
    }
  }
}
