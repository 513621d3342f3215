declare module "@tabler/core";
