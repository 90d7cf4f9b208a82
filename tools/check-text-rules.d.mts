export interface TextViolation {
  rule: string;
  file: string;
  line: number;
  meaning: string;
}
export function checkTextRules(root: string): TextViolation[];
