/** An answers file: what FreeSWITCH would have said, told by hand. */
import type { Problem } from '../dialplan/problem.js';
import { pointerTo } from '../dialplan/pointer.js';
import { parseYaml, UnusableYamlError } from '../dialplan/yaml-file.js';
import { answersFromTexts, type AnswerSource, type AnswerTexts } from './answer-source.js';

const SECTIONS = ['globals', 'api'];

/**
 * Reads YAML or JSON:
 *
 *     globals: { timezone: Asia/Shanghai, auto_hunt: null }
 *     api: { '${hash(select/vip/1001)}': gold }
 *
 * @param file its name, for complaints
 * @throws UnusableYamlError
 */
export function parseAnswers(file: string, text: string): AnswerSource {
  return answersFromTexts(parseAnswerTexts(file, text));
}

/** The same as plain data. @throws UnusableYamlError */
export function parseAnswerTexts(file: string, text: string): AnswerTexts {
  const { value = {}, complaint } = parseYaml(file, text);
  const problems = [...problemsOf(value)];
  if (problems.length > 0) throw new UnusableYamlError(problems.map(complaint));
  return withTexts(value as Readonly<Record<string, unknown>>);
}

function* problemsOf(value: unknown): Generator<Pick<Problem, 'path' | 'message'>> {
  if (!isRecord(value)) {
    yield { path: '', message: `expected keys "globals" and "api", found ${show(value)}` };
    return;
  }
  for (const [section, answers] of Object.entries(value)) {
    const path = pointerTo(section);
    if (!SECTIONS.includes(section)) {
      yield { path, message: `expected "globals" or "api", found "${section}"` };
    } else if (!isRecord(answers)) {
      yield { path, message: `expected answers by name, found ${show(answers)}` };
    } else {
      for (const [name, answer] of Object.entries(answers)) {
        const message = answerProblem(section, name, answer);
        if (message !== undefined) yield { path: pointerTo(section, name), message };
      }
    }
  }
}

function answerProblem(section: string, name: string, answer: unknown): string | undefined {
  if (answer !== null && !['string', 'number', 'boolean'].includes(typeof answer)) {
    return `expected a text, or null for none, found ${show(answer)}`;
  }
  if (section === 'globals' || /^\$\{.+\}$/s.test(name)) return undefined;
  return `expected a reference such as "\${hash(select/vip/1001)}", found "${name}"`;
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
