import {
  type DynamicModule,
  type FactoryProvider,
  Module,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common'
import { AuthorizationServer } from '../../server/authorization-server.ts'
import { aFunction, checkOptions, type Kind, type Kinds, objectWith } from '../../server/option-kinds.ts'
import { ResourceProtector } from '../../server/resource-protector.ts'
import { type RefusalOptions, refusalKinds } from '../shared/guard.ts'
import { type LocateOptions, locateKinds } from './context.ts'

/** What the module provides to the application, and what `RequireOAuth` works with. */
export interface CountersignModuleOptions extends RefusalOptions, LocateOptions {
  readonly protector: ResourceProtector
  /** Provided for injection, if this application also issues credentials. Its limits and realm apply to `Endpoint`. */
  readonly server?: AuthorizationServer
}

const moduleKinds: Kinds<CountersignModuleOptions> = {
  ...refusalKinds,
  ...locateKinds,
  protector: { ...objectWith('authenticate'), must: 'a ResourceProtector' },
  server: { ...objectWith('decideAuthorization'), must: 'an AuthorizationServer' },
}

/** Like `CountersignModuleOptions`, but built by a factory from other providers. */
export interface CountersignModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject']
  // biome-ignore lint/suspicious/noExplicitAny: Nest's own factories take whatever `inject` names
  readonly useFactory: (...injected: any[]) => CountersignModuleOptions | Promise<CountersignModuleOptions>
}

const aList: Kind = { must: 'a list', holds: Array.isArray }
const asyncKinds: Kinds<CountersignModuleAsyncOptions> = {
  imports: aList,
  inject: aList,
  useFactory: aFunction,
}

/** The injection token by which this adapter's other providers receive the module's options. */
export const moduleOptions: unique symbol = Symbol('CountersignModuleOptions')

/**
 * Makes `RequireOAuth` work everywhere in the application, and provides `ResourceProtector` and `AuthorizationServer`
 * for injection. Create the application with `{ rawBody: true }`, so that forms with brackets or repeated names keep
 * their text.
 *
 * @example
 * ```ts
 * @Module({ imports: [CountersignModule.forRoot({ protector, server })] })
 * export class AppModule {}
 * // NestFactory.create(AppModule, { rawBody: true })
 * ```
 */
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's modules are classes
export class CountersignModule {
  /** For a protector that is made outside Nest. */
  static forRoot(options: CountersignModuleOptions): DynamicModule {
    checkOptions('CountersignModule', options, moduleKinds)
    return CountersignModule.forRootAsync({ useFactory: () => options })
  }

  /** For a protector that is made out of other providers: `useFactory` gets what `inject` names. */
  static forRootAsync(given: CountersignModuleAsyncOptions): DynamicModule {
    checkOptions('CountersignModule', given, asyncKinds)
    const { imports = [], inject = [], useFactory } = given
    const part = <T>(provide: Type<T>, name: keyof CountersignModuleOptions): FactoryProvider => ({
      provide,
      inject: [moduleOptions],
      useFactory: (options: CountersignModuleOptions) => options[name],
    })
    return {
      module: CountersignModule,
      global: true,
      imports,
      providers: [
        {
          provide: moduleOptions,
          inject,
          async useFactory(...injected) {
            const options = await useFactory(...injected)
            checkOptions('CountersignModule', options, moduleKinds)
            return options
          },
        },
        part(ResourceProtector, 'protector'),
        part(AuthorizationServer, 'server'),
      ],
      exports: [moduleOptions, ResourceProtector, AuthorizationServer],
    }
  }
}
Module({})(CountersignModule)
