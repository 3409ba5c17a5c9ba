/** `address#prefix`, where the address of a cluster is that of several nodes with commas between. */
export function redisConfig(config: string): { address: string; addresses: string[]; prefix: string } {
  const [address = '', prefix = ''] = config.split('#')
  return { address, addresses: address.split(','), prefix }
}
