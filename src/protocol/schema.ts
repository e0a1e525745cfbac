/**
 * Messages as data: the types of fields, the versions that have them, and the TypeScript types that follow.
 *
 * A field's name is Kafka's with the first letter in lower case. One shape serves all versions: a field that a
 * version lacks has its default after decoding. Owns no bytes; codec.ts compiles what is declared here.
 */
import type { LazyBytes } from './lazy-bytes.ts'
import { apiKeys, type ApiKey, type ApiName } from './api-keys.ts'

/** Versions, both included; empty where `max` is below `min`. */
export interface VersionRange {
  readonly min: number
  readonly max: number
}

export type PrimitiveKind =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'int64'
  | 'int64Wide'
  | 'float64'
  | 'string'
  | 'uuid'
  | 'bytes'
  | 'records'

export type FieldType =
  | { readonly kind: PrimitiveKind }
  | { readonly kind: 'array'; readonly element: FieldType }
  | { readonly kind: 'struct'; readonly fields: Fields }

/** What a field is decoded to, by kind. */
interface DecodedKinds {
  bool: boolean
  int8: number
  int16: number
  uint16: number
  int32: number
  int64: number
  int64Wide: bigint
  float64: number
  string: string
  uuid: string
  bytes: Buffer
  records: Buffer
}

/** What can be given for a field, by kind. */
interface InputKinds extends Omit<DecodedKinds, 'bytes' | 'records'> {
  bytes: Buffer
  records: Buffer | LazyBytes
}

declare const decodedType: unique symbol
declare const inputType: unique symbol

/** One field. The two symbols exist for the type checker alone. */
export interface Field<Decoded = unknown, Value = unknown> {
  readonly type: FieldType
  readonly versions: VersionRange
  readonly nullable: VersionRange
  /** undefined: zero, '', false, empty, the zero uuid, or a struct of defaults. */
  readonly default: DefaultValue
  /** Number of the tag; undefined where the field has its place in the order. */
  readonly tag: number | undefined
  /** A version that lacks this field may drop a value that is not the default. */
  readonly ignorable: boolean
  /** Versions in which the field's own length is compact. */
  readonly flexible: VersionRange
  readonly [decodedType]: Decoded
  readonly [inputType]: Value
}

export type DefaultValue = string | number | bigint | boolean | null | undefined

export type Fields = Readonly<Record<string, Field>>

export type DecodedOf<F extends Fields> = { -readonly [K in keyof F]: F[K][typeof decodedType] }
/** Any field may be left out and has its default then, as in a new object of Kafka's classes. */
export type InputOf<F extends Fields> = { -readonly [K in keyof F]?: F[K][typeof inputType] | undefined }

interface Options {
  readonly default?: DefaultValue
  readonly tag?: number
  readonly ignorable?: true
  readonly flexible?: 'none'
}

interface NullableOptions extends Options {
  /** Versions in which the field can be null. */
  readonly nullable: string
}

const none: VersionRange = { min: 0, max: -1 }
const all: VersionRange = { min: 0, max: 32767 }

/** @param text Kafka's notation: "3", "0-4", "2+" or "none" */
export function parseVersions(text: string): VersionRange {
  if (text === 'none') return none
  if (text.endsWith('+')) return { min: Number(text.slice(0, -1)), max: all.max }
  const [min, max = min] = text.split('-')
  return { min: Number(min), max: Number(max) }
}

export function includes(range: VersionRange, version: number): boolean {
  return version >= range.min && version <= range.max
}

function field<D, V>(
  type: FieldType,
  versions: string,
  options: Partial<NullableOptions> | undefined,
): Field<D, V> {
  return {
    type,
    versions: parseVersions(versions),
    nullable: options?.nullable === undefined ? none : parseVersions(options.nullable),
    default: options?.default,
    tag: options?.tag,
    ignorable: options?.ignorable === true,
    flexible: options?.flexible === 'none' ? none : all,
  } satisfies Omit<Field, typeof decodedType | typeof inputType> as unknown as Field<D, V>
}

interface PrimitiveField<K extends PrimitiveKind> {
  (versions: string, options: NullableOptions): Field<DecodedKinds[K] | null, InputKinds[K] | null>
  (versions: string, options?: Options): Field<DecodedKinds[K], InputKinds[K]>
}

function primitive<K extends PrimitiveKind>(kind: K): PrimitiveField<K> {
  const type = { kind } as const
  return (versions: string, options?: Options) =>
    field<DecodedKinds[K], InputKinds[K]>(type, versions, options)
}

export const bool = primitive('bool')
export const int8 = primitive('int8')
export const int16 = primitive('int16')
export const uint16 = primitive('uint16')
export const int32 = primitive('int32')
/** A number in the fast form, exact up to 2^53 - 1 and plus or minus 2^53 beyond; a bigint in the exact form. */
export const int64 = primitive('int64')
/** A bigint in both forms, for what is kept and given back as it came. */
export const int64Wide = primitive('int64Wide')
export const float64 = primitive('float64')
export const string = primitive('string')
/** 22 characters of base64url. */
export const uuid = primitive('uuid')
/** Decoded to a view of the frame, not a copy. */
export const bytes = primitive('bytes')

/** Record batches: decoded to a view; what is given may also be read later, while the reply is sent. */
export function records(
  versions: string,
  options?: Options,
): Field<Buffer | null, Buffer | LazyBytes | null> {
  return field({ kind: 'records' }, versions, { default: null, ...options })
}

type Element = PrimitiveKind | Fields
type DecodedElement<E extends Element> = E extends PrimitiveKind
  ? DecodedKinds[E]
  : E extends Fields
    ? DecodedOf<E>
    : never
type InputElement<E extends Element> = E extends PrimitiveKind
  ? InputKinds[E]
  : E extends Fields
    ? InputOf<E>
    : never

/** @param element the kind of a primitive, or the fields of a struct */
export function array<const E extends Element>(
  versions: string,
  element: E,
  options: NullableOptions,
): Field<DecodedElement<E>[] | null, readonly InputElement<E>[] | null>
export function array<const E extends Element>(
  versions: string,
  element: E,
  options?: Options,
): Field<DecodedElement<E>[], readonly InputElement<E>[]>
export function array(versions: string, element: Element, options?: Options): Field {
  const type: FieldType =
    typeof element === 'string' ? { kind: element } : { kind: 'struct', fields: element }
  return field({ kind: 'array', element: type }, versions, options)
}

export function struct<F extends Fields>(
  versions: string,
  fields: F,
  options: NullableOptions,
): Field<DecodedOf<F> | null, InputOf<F> | null>
export function struct<F extends Fields>(
  versions: string,
  fields: F,
  options?: Options,
): Field<DecodedOf<F>, InputOf<F>>
export function struct(versions: string, fields: Fields, options?: Options): Field {
  return field({ kind: 'struct', fields }, versions, options)
}

/** A message: everything that codec.ts needs to read and write it in any of its versions. */
export interface Schema<Decoded = unknown, Value = unknown> {
  /** Kafka's own name. */
  readonly name: string
  /** Of a request and its response; of a coordinator record the type that stands before its key. */
  readonly apiKey: number | undefined
  readonly validVersions: VersionRange
  /** Versions with compact lengths and tagged fields (KIP-482). */
  readonly flexibleVersions: VersionRange
  /** Kafka does not answer the newest version unless it is told to. */
  readonly latestVersionUnstable: boolean
  readonly fields: Fields
  readonly [decodedType]: Decoded
  readonly [inputType]: Value
}

interface MessageFacts {
  readonly name: string
  readonly apiKey?: number
  readonly validVersions: string
  readonly flexibleVersions: string
  readonly latestVersionUnstable?: true
}

export function message<F extends Fields>(facts: MessageFacts, fields: F): Schema<DecodedOf<F>, InputOf<F>> {
  return {
    name: facts.name,
    apiKey: facts.apiKey,
    validVersions: parseVersions(facts.validVersions),
    flexibleVersions: parseVersions(facts.flexibleVersions),
    latestVersionUnstable: facts.latestVersionUnstable === true,
    fields,
  } satisfies Omit<Schema, typeof decodedType | typeof inputType> as unknown as Schema<
    DecodedOf<F>,
    InputOf<F>
  >
}

/** What a message is decoded to: every field is there. */
export type Infer<S extends Schema> = S[typeof decodedType]
/** What can be encoded as a message: every field can be left out. */
export type Input<S extends Schema> = S[typeof inputType]

/** A request and its response. */
export interface ApiMessage<Request, ResponseInput, RequestInput = unknown, Response = unknown> {
  readonly name: ApiName
  readonly key: ApiKey
  readonly request: Schema
  readonly response: Schema
  /** Versions of the request, which are those of the response too. */
  readonly validVersions: VersionRange
  /** For the type checker alone. A method, so that a list can hold messages of every type. */
  types?(request: Request, responseInput: ResponseInput, requestInput: RequestInput, response: Response): void
}

/** The pair of a request and its response; the API's key is that of its name. */
export function api<Request, RequestInput, Response, ResponseInput>(
  name: ApiName,
  request: Schema<Request, RequestInput>,
  response: Schema<Response, ResponseInput>,
): ApiMessage<Request, ResponseInput, RequestInput, Response> {
  return { name, key: apiKeys[name], request, response, validVersions: request.validVersions }
}
