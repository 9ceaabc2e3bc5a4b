/** What a command's exit status says. */
export const EXIT_OK = 0;
/** It ran and found something wrong. */
export const EXIT_FINDINGS = 1;
/** It could not run: bad flags, a bad configuration, a port in use, a missing library. */
export const EXIT_COULD_NOT_RUN = 2;
