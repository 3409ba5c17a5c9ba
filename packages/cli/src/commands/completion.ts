import process from 'node:process'
import { type Command, required } from '../command.ts'
import { completionScript, shells } from '../completion-script.ts'

export const completion: Command = {
  name: 'completion',
  summary: 'Print a script that completes commands in your shell',
  argument: { name: 'SHELL', summary: 'Your shell', required: true, values: shells },
  options: [],
  notes: `It completes the command "countersign", which npm install --global puts on the path. To set it up permanently:
  bash  countersign completion bash >> ~/.bashrc
  zsh   countersign completion zsh > ~/.countersign.zsh, and in ~/.zshrc after compinit: source ~/.countersign.zsh
  fish  countersign completion fish > ~/.config/fish/completions/countersign.fish`,
  examples: ['completion bash >> ~/.bashrc', 'completion fish > ~/.config/fish/completions/countersign.fish'],
  async run(given) {
    process.stdout.write(await completionScript(required(given, 'shell')))
  },
}
