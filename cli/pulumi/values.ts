/** Stands in inputs for what only an update can tell; Pulumi's own. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Key of what the engine keeps secret. */
export const secretMark = "4dabf18193072939515e22adb298388d";
