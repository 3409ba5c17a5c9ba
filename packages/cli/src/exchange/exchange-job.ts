import { type Invocation, optional } from '../command.ts'
import { stopRequested } from '../stop-request.ts'
import { type ExchangeFiles, exchangeFiles, exchangeLimits, exchangingOf } from './exchange-options.ts'
import { ExchangeRun, type RunCounts, type RunFault, type RunSetting } from './exchange-run.ts'
import { withFileLocks } from './file-lock.ts'
import { Journal, journalContent } from './journal.ts'
import { Progress } from './progress.ts'
import { checkedTokens, type OldToken, type TokenFile } from './token-file.ts'

/** What became of the tokens in a file, in this run and earlier ones. */
export interface ExchangeSummary {
  readonly tokens: number
  readonly moved: number
  /** How many of these in this run. */
  readonly movedNow: number
  /** Whose users must sign in again. */
  readonly signInAgain: number
  readonly left: number
}

/** How a run ended. */
export interface ExchangeOutcome {
  readonly summary: ExchangeSummary
  readonly fault?: RunFault | undefined
  readonly isInterrupted?: boolean
}

/** The results of earlier runs. */
interface Earlier {
  readonly moved: ReadonlySet<string>
  readonly refused: ReadonlySet<string>
}

/** Reads the file of tokens. @throws InputError when it cannot be read as a whole. */
export function tokenFileOf(given: Invocation): Promise<TokenFile> {
  return checkedTokens(exchangeFiles(given).tokens, optional(given, 'key'))
}

/** The work that a run would do. Nothing is sent, and no file is touched. */
export async function dryOutcome(given: Invocation, { ids }: TokenFile): Promise<ExchangeOutcome> {
  const { out, failed } = exchangeFiles(given)
  const [moved, refused] = await Promise.all([out, failed].map((file) => journalContent(file)))
  const earlier = { moved: moved?.ids ?? new Set(), refused: refused?.ids ?? new Set() }
  return { summary: summaryOf(ids, earlier, { moved: 0, refused: 0, postponed: 0 }) }
}

/** Exchanges the tokens that earlier runs left. No other run may write the same files meanwhile. */
export async function exchangeOutcome(given: Invocation, tokens: TokenFile): Promise<ExchangeOutcome> {
  const { timeoutSeconds, ...limits } = exchangeLimits(given)
  const exchanging = await exchangingOf(given, timeoutSeconds)
  const files = exchangeFiles(given)
  return withFileLocks([files.out, files.failed], () =>
    withJournals(files, (journals, earlier) =>
      runOver(tokens, earlier, {
        setting: { exchanging, ...journals, ...limits },
        isShown: given['json'] !== true,
      }),
    ),
  )
}

type Journals = Pick<RunSetting, 'moved' | 'refused'>

async function withJournals<T>(
  { out, failed }: ExchangeFiles,
  work: (journals: Journals, earlier: Earlier) => Promise<T>,
): Promise<T> {
  // Both are read before either is touched.
  const [movedContent, refusedContent] = [await journalContent(out), await journalContent(failed)]
  const moved = await Journal.open(out, movedContent)
  try {
    const refused = await Journal.open(failed, refusedContent)
    try {
      return await work({ moved, refused }, { moved: movedContent.ids, refused: refusedContent.ids })
    } finally {
      await refused.close()
    }
  } finally {
    await moved.close()
  }
}

interface RunPlan {
  readonly setting: RunSetting
  readonly isShown: boolean
}

async function runOver(
  { tokens, ids }: TokenFile,
  earlier: Earlier,
  { setting, isShown }: RunPlan,
): Promise<ExchangeOutcome> {
  const [ending, done] = [new AbortController(), new AbortController()]
  let isInterrupted = false
  void stopRequested(done.signal).then(() => {
    isInterrupted = true
    ending.abort()
  })
  const run = new ExchangeRun(setting, ending)
  const total = summaryOf(ids, earlier, run.counts).left
  const progress = isShown && total > 0 ? new Progress(run.counts, total) : undefined
  try {
    const fault = await run.all(leftOf(tokens(), earlier))
    return { summary: summaryOf(ids, earlier, run.counts), fault, isInterrupted }
  } finally {
    progress?.end()
    done.abort()
  }
}

async function* leftOf(tokens: AsyncGenerator<OldToken>, earlier: Earlier): AsyncGenerator<OldToken> {
  for await (const token of tokens)
    if (!earlier.moved.has(token.id) && !earlier.refused.has(token.id)) yield token
}

function summaryOf(
  ids: ReadonlySet<string>,
  earlier: Earlier,
  { moved: movedNow, refused }: RunCounts,
): ExchangeSummary {
  const isRefused = (id: string) => earlier.refused.has(id) && !earlier.moved.has(id)
  const moved = [...ids].filter((id) => earlier.moved.has(id)).length + movedNow
  const signInAgain = [...ids].filter(isRefused).length + refused
  return { tokens: ids.size, moved, movedNow, signInAgain, left: ids.size - moved - signInAgain }
}
