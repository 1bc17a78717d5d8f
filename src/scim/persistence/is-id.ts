/** As we make and write ids; its source serves SQL, too. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a string can be an id of ours: exact bytes, so that another spelling of a uuid is another, unknown id. */
export const isId = (text: string): boolean => UUID.test(text);
