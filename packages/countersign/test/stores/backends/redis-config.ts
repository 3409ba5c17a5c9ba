/** `address#prefix`, where the address of a cluster lists several nodes, separated by commas. */
export function redisConfig(config: string): { address: string; addresses: string[]; prefix: string } {
  const [address = '', prefix = ''] = config.split('#')
  return { address, addresses: address.split(','), prefix }
}
