/** An answers file: what FreeSWITCH would have said, told by hand. */
import { LineCounter, parseDocument } from 'yaml';
import { answersFromTexts, type AnswerSource, type AnswerTexts } from './answer-source.js';

/** What is wrong with the file: where, what was expected, what was found. */
export class AnswersFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AnswersFileError';
  }
}

const SECTIONS = ['globals', 'api'];

/**
 * Reads YAML or JSON:
 *
 *     globals: { timezone: Asia/Shanghai, auto_hunt: null }
 *     api: { '${hash(select/vip/1001)}': gold }
 *
 * @throws {@link AnswersFileError}
 */
export function parseAnswers(text: string): AnswerSource {
  return answersFromTexts(parseAnswerTexts(text));
}

/** The same as plain data. @throws {@link AnswersFileError} */
export function parseAnswerTexts(text: string): AnswerTexts {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined) throw new AnswersFileError(broken.message.split('\n')[0] ?? broken.message);
  const value: unknown = document.toJS() ?? {};
  if (!isRecord(value)) throw new AnswersFileError(`expected keys "globals" and "api", found ${show(value)}`);
  for (const [section, answers] of Object.entries(value)) {
    if (!SECTIONS.includes(section)) throw new AnswersFileError(`expected "globals" or "api", found "${section}"`);
    if (!isRecord(answers)) throw new AnswersFileError(`/${section}: expected answers by name, found ${show(answers)}`);
    for (const [name, answer] of Object.entries(answers)) {
      if (answer === null || ['string', 'number', 'boolean'].includes(typeof answer)) {
        if (section === 'globals' || /^\$\{.+\}$/s.test(name)) continue;
        throw new AnswersFileError(`/api: expected a reference such as "\${hash(select/vip/1001)}", found "${name}"`);
      }
      throw new AnswersFileError(`/${section}/${name}: expected a text, or null for none, found ${show(answer)}`);
    }
  }
  return withTexts(value);
}

function withTexts(value: Readonly<Record<string, unknown>>): AnswerTexts {
  return Object.fromEntries(
    Object.entries(value).map(([section, answers]) => [
      section,
      Object.fromEntries(
        Object.entries(answers as Record<string, string | number | boolean | null>).map(([name, answer]) => [
          name,
          answer === null ? null : String(answer),
        ]),
      ),
    ]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
