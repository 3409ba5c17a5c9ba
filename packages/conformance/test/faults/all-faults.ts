import { flowFaults } from './flow-faults.ts'
import type { PlantedFault } from './planted-fault.ts'
import { replayFaults } from './replay-faults.ts'
import { requestFaults } from './request-faults.ts'
import { responseFaults } from './response-faults.ts'
import { signatureFaults } from './signature-faults.ts'

export const allFaults: readonly PlantedFault[] = [
  ...replayFaults,
  ...signatureFaults,
  ...requestFaults,
  ...flowFaults,
  ...responseFaults,
]
