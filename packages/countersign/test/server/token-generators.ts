export const makeToken = () => 'from-a-module'
export const makeSecret = async () => 'secret-from-a-module'
export const makeNothing = () => ''
export const notAFunction = 1
