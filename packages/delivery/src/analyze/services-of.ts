import type { Answer } from './answer.ts';
import type { Project } from './project.ts';

/** Libraries that talk to a server of each kind, in the registries of npm, PyPI, Go, RubyGems, Packagist, Maven, NuGet, crates.io and Hex. */
const librariesByService: readonly (readonly [service: string, libraries: RegExp])[] = [
  [
    'postgresql',
    /^(?:pg|postgres|pg-promise|@neondatabase\/serverless|psycopg2?(?:-binary)?|asyncpg|pg8000|github\.com\/lib\/pq|github\.com\/jackc\/pgx(?:\/v\d)?|gorm\.io\/driver\/postgres|org\.postgresql:postgresql|npgsql(?:\..*)?|tokio-postgres|(?:deadpool|bb8)-postgres|r2d2_postgres|(?:sqlx|diesel|diesel-async):postgres|sea-orm:sqlx-postgres|rocket_(?:sync_)?db_pools:(?:\w+_)?postgres(?:_pool)?|org\.postgresql:r2dbc-postgresql|io\.quarkus:quarkus-(?:jdbc-postgresql|reactive-pg-client)|postgrex|ext-pgsql|ext-pdo_pgsql)$/i,
  ],
  [
    'mysql',
    /^(?:mysql2?|mysqlclient|pymysql|aiomysql|mysql-connector-python|github\.com\/go-sql-driver\/mysql|gorm\.io\/driver\/mysql|com\.mysql:mysql-connector-j|mysql:mysql-connector-java|(?:sqlx|diesel|diesel-async):mysql|sea-orm:sqlx-mysql|rocket_(?:sync_)?db_pools:(?:\w+_)?mysql(?:_pool)?|io\.quarkus:quarkus-(?:jdbc-mysql|reactive-mysql-client)|mysql\.(?:data|entityframeworkcore)|mysqlconnector|pomelo\.entityframeworkcore\.mysql|myxql|ext-mysqli|ext-pdo_mysql|trilogy)$/i,
  ],
  ['mariadb', /^(?:mariadb|org\.mariadb\.jdbc:mariadb-java-client|io\.quarkus:quarkus-jdbc-mariadb)$/i],
  [
    'mongodb',
    /^(?:mongodb|mongoose|pymongo|motor|mongoengine|go\.mongodb\.org\/mongo-driver(?:\/v\d)?|mongoid|mongo|mongodb\/mongodb|mongodb\.driver(?:\.v\d)?|mongodb\.entityframeworkcore|rocket_db_pools:mongodb|org\.springframework\.boot:spring-boot-starter-data-mongodb(?:-reactive)?|io\.quarkus:quarkus-mongodb-[\w-]+)$/i,
  ],
  [
    'redis',
    /^(?:redis|ioredis|bullmq?|connect-redis|django-redis|aioredis|channels-redis|github\.com\/(?:redis\/go-redis|go-redis\/redis)(?:\/v\d)?|github\.com\/gomodule\/redigo|sidekiq|resque|predis\/predis|ext-redis|stackexchange\.redis(?:\..*)?|microsoft\.extensions\.caching\.stackexchangeredis|redix|deadpool-redis|bb8-redis|fred|actix-session:redis[\w-]*|rocket_db_pools:deadpool_redis|org\.springframework\.boot:spring-boot-starter-data-redis(?:-reactive)?|io\.quarkus:quarkus-redis-client)$/i,
  ],
  [
    'rabbitmq',
    /^(?:amqplib|pika|aio-pika|kombu|github\.com\/(?:rabbitmq\/amqp091-go|streadway\/amqp)|bunny|php-amqplib\/php-amqplib|rabbitmq\.client(?:\.v\d)?|masstransit\.rabbitmq|io\.quarkus:quarkus-(?:smallrye-reactive-)?messaging-rabbitmq|lapin|amqp|org\.springframework\.boot:spring-boot-starter-amqp)$/i,
  ],
  [
    'kafka',
    /^(?:kafkajs|kafka-python|confluent-kafka|aiokafka|github\.com\/segmentio\/kafka-go|github\.com\/ibm\/sarama|ruby-kafka|rdkafka|confluent\.kafka|io\.quarkus:quarkus-(?:kafka-client|(?:smallrye-reactive-)?messaging-kafka)|org\.springframework\.kafka:spring-kafka)$/i,
  ],
  ['memcached', /^(?:memjs|memcached|pymemcache|python-memcached|pylibmc|dalli|github\.com\/bradfitz\/gomemcache)$/i],
  [
    'elasticsearch',
    /^(?:@elastic\/elasticsearch|elasticsearch|elasticsearch-dsl|github\.com\/elastic\/go-elasticsearch(?:\/v\d)?|elasticsearch\/elasticsearch|elastic\.clients\.elasticsearch|io\.quarkus:quarkus-elasticsearch-[\w-]+)$/i,
  ],
  ['nats', /^(?:nats|nats-py|github\.com\/nats-io\/nats\.go|async-nats|nats\.(?:net|client(?:\..*)?))$/i],
  [
    'sqlserver',
    /^(?:mssql|tedious|pymssql|mssql-django|microsoft\.(?:entityframeworkcore\.sqlserver|data\.sqlclient)|system\.data\.sqlclient|io\.quarkus:quarkus-(?:jdbc-mssql|reactive-mssql-client)|com\.microsoft\.sqlserver:mssql-jdbc)$/i,
  ],
];

/** Servers that the libraries of a manifest are for. A library may be there without being used. */
export function servicesOf(project: Project, libraries: readonly string[], file: string): Answer<string>[] {
  return librariesByService.flatMap(([service, expression]) => {
    const library = libraries.find((name) => expression.test(name));
    if (library === undefined) return [];
    return [project.answer(service, { rule: 'service-by-library', confidence: 'medium', file, at: library.split(':').at(-1)! })];
  });
}

const databases = new Set(['postgresql', 'mysql', 'mariadb', 'sqlserver']);

/**
 * What a compose file does not name and libraries alone speak for: of several databases each may be optional, and MariaDB is talked to by the
 * libraries of MySQL.
 */
export function weighServices(
  named: readonly Answer<string>[],
  fromLanguage: readonly Answer<string>[],
  isEmbedded: boolean,
): Answer<string>[] {
  const isNamed = named.some(({ value }) => databases.has(value));
  const ofLibraries = fromLanguage.filter(({ value, rule }) => rule === 'service-by-library' && databases.has(value));
  const isOpen = isEmbedded || new Set(ofLibraries.map(({ value }) => value)).size > 1;
  return fromLanguage.flatMap((answer) => {
    if (!ofLibraries.includes(answer)) return [answer];
    if (answer.value === 'mysql' && named.some(({ value }) => value === 'mariadb')) return [];
    const isKnown =
      named.some(({ value }) => value === answer.value) ||
      fromLanguage.some((other) => other.value === answer.value && !ofLibraries.includes(other));
    return isOpen || isNamed ? [isKnown ? answer : { ...answer, confidence: 'low' as const }] : [answer];
  });
}

/** Settings that say that the database is a file or lies in memory. */
const embedded: readonly (readonly [file: RegExp, setting: RegExp])[] = [
  [
    /(?:^|\/)application\.(?:properties|ya?ml)$/,
    /^[ \t]{0,20}(?:spring\.sql\.init\.platform|database|spring\.datasource\.url|url)\s{0,5}[=:]\s{0,5}['"]?(?:jdbc:)?(?:h2|hsqldb|sqlite)\b/m,
  ],
  [
    /(?:^|\/)(?:knexfile|(?:config|database|db)(?:\/[\w-]{1,40})?)\.[cm]?[jt]s$/,
    /\b(?:client|dialect|type)['"]?\s{0,5}:\s{0,5}['"](?:better-)?sqlite3?['"]/,
  ],
  [/\.go$/, /\b(?:default|env-default|envDefault):"sqlite3?"/],
];

export function isDatabaseEmbedded(project: Project): boolean {
  return embedded.some(([file, setting]) => project.paths.some((path) => file.test(path) && setting.test(project.text(path) ?? '')));
}
