import {
  ClientMixin,
  NonceMixin,
  TemporaryCredentialMixin,
  TokenCredentialMixin,
  TokenLifeMixin,
} from 'countersign/typeorm'
import {
  BaseEntity,
  Column,
  Entity,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from 'typeorm'

@Entity('user')
export class User extends BaseEntity {
  @PrimaryColumn('varchar')
  id!: string

  @Column('varchar')
  name!: string
}

// Your users' identifier is text here; without this option `user_id` is an integer.
const options = { userIdType: 'varchar' } as const

@Entity('oauth_client')
export class Client extends ClientMixin(BaseEntity, options) {
  @PrimaryGeneratedColumn()
  id!: number

  @Column('varchar')
  name!: string
}

@Entity('oauth_token_credential')
export class TokenCredential extends TokenLifeMixin(TokenCredentialMixin(BaseEntity, options)) {
  @PrimaryGeneratedColumn()
  id!: number

  // Eager: the user comes with the token, in the same query.
  @ManyToOne(() => User, { eager: true, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user!: User | null
}

@Entity('oauth_temporary_credential')
export class TemporaryCredential extends TemporaryCredentialMixin(BaseEntity, options) {
  @PrimaryGeneratedColumn()
  id!: number
}

@Entity('oauth_nonce')
export class Nonce extends NonceMixin(BaseEntity) {}
