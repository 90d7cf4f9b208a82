/** Contacts tried in vain that count as first contact 先行联系: the citizen could not be reached, the duty was done. */
export const ATTEMPTS_THAT_COUNT = 3;
/** An approved extension adds at most this many working days at a time. */
export const LONGEST_EXTENSION_WORKDAYS = 15;
