/** The backgrounds of links and buttons in each scheme, as in style.css. */
export const backgrounds = {
  light: ['#f5f4f0', '#ffffff', '#eef3ef', '#fcefec', '#fdf3d8'],
  dark: ['#121614', '#1b211e', '#222b27', '#38211e', '#332a16'],
} as const

export type Scheme = keyof typeof backgrounds

/** The accent of one scheme, and the colour of text on it. */
export interface Accent {
  readonly accent: string
  readonly onAccent: string
}

/** WCAG 2.2, 1.4.3. */
const leastContrast = 4.5

/**
 * The operator's colour for one scheme: unchanged if links in it are readable on every background, otherwise darkened
 * or lightened just enough.
 */
export function accentIn(scheme: Scheme, color: string): Accent {
  const target = scheme === 'light' ? '#000000' : '#ffffff'
  for (let share = 0; share <= 100; share++) {
    const accent = mixed(color, target, share / 100)
    if (backgrounds[scheme].every((ground) => contrast(accent, ground) >= leastContrast))
      return {
        accent,
        onAccent: contrast(accent, '#ffffff') >= contrast(accent, '#000000') ? '#ffffff' : '#000000',
      }
  }
  throw new Error(`No shade of ${color} can be read.`)
}

/** The stylesheet that replaces the default accent colour. */
export function colorStylesheet(color: string): string {
  const rule = (scheme: Scheme) => {
    const { accent, onAccent } = accentIn(scheme, color)
    return `:root { --accent: ${accent}; --on-accent: ${onAccent} }`
  }
  return `${rule('light')}\n@media (prefers-color-scheme: dark) { ${rule('dark')} }\n`
}

/** The contrast ratio of two colours, 1 to 21 (WCAG 2.2). */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function mixed(color: string, target: string, share: number): string {
  const to = channels(target)
  const mix = channels(color).map((channel, at) =>
    Math.round(channel + ((to[at] as number) - channel) * share),
  )
  return `#${mix.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}

function channels(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
}
