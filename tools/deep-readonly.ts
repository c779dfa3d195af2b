/** The type of plain data that nobody changes: zod infers types whose lists and keys could be written to. */
export type DeepReadonly<T> = T extends (...args: never) => unknown
  ? T
  : T extends object
    ? { readonly [key in keyof T]: DeepReadonly<T[key]> }
    : T;
