import type { Answer } from './answer.ts';
import type { Project } from './project.ts';

/** Libraries that talk to a server of each kind, in the registries of npm, PyPI, Go, RubyGems, Packagist, Maven, NuGet, crates.io and Hex. */
const librariesByService: readonly (readonly [service: string, libraries: RegExp])[] = [
  [
    'postgresql',
    /^(?:pg|postgres|pg-promise|@neondatabase\/serverless|psycopg2?(?:-binary)?|asyncpg|pg8000|github\.com\/lib\/pq|github\.com\/jackc\/pgx(?:\/v\d)?|gorm\.io\/driver\/postgres|org\.postgresql:postgresql|npgsql(?:\..*)?|tokio-postgres|postgrex|ext-pgsql|ext-pdo_pgsql)$/i,
  ],
  [
    'mysql',
    /^(?:mysql2?|mysqlclient|pymysql|aiomysql|mysql-connector-python|github\.com\/go-sql-driver\/mysql|gorm\.io\/driver\/mysql|com\.mysql:mysql-connector-j|mysql:mysql-connector-java|mysqlconnector|pomelo\.entityframeworkcore\.mysql|myxql|ext-mysqli|ext-pdo_mysql|trilogy)$/i,
  ],
  ['mariadb', /^(?:mariadb|org\.mariadb\.jdbc:mariadb-java-client)$/i],
  [
    'mongodb',
    /^(?:mongodb|mongoose|pymongo|motor|mongoengine|go\.mongodb\.org\/mongo-driver(?:\/v\d)?|mongoid|mongo|mongodb\/mongodb|mongodb\.driver|org\.springframework\.boot:spring-boot-starter-data-mongodb)$/i,
  ],
  [
    'redis',
    /^(?:redis|ioredis|bullmq?|connect-redis|django-redis|aioredis|channels-redis|github\.com\/(?:redis\/go-redis|go-redis\/redis)(?:\/v\d)?|github\.com\/gomodule\/redigo|sidekiq|resque|predis\/predis|ext-redis|stackexchange\.redis|redix|org\.springframework\.boot:spring-boot-starter-data-redis)$/i,
  ],
  [
    'rabbitmq',
    /^(?:amqplib|pika|aio-pika|kombu|github\.com\/(?:rabbitmq\/amqp091-go|streadway\/amqp)|bunny|php-amqplib\/php-amqplib|rabbitmq\.client|lapin|amqp|org\.springframework\.boot:spring-boot-starter-amqp)$/i,
  ],
  [
    'kafka',
    /^(?:kafkajs|kafka-python|confluent-kafka|aiokafka|github\.com\/segmentio\/kafka-go|github\.com\/ibm\/sarama|ruby-kafka|rdkafka|confluent\.kafka|org\.springframework\.kafka:spring-kafka)$/i,
  ],
  ['memcached', /^(?:memjs|memcached|pymemcache|python-memcached|pylibmc|dalli|github\.com\/bradfitz\/gomemcache)$/i],
  [
    'elasticsearch',
    /^(?:@elastic\/elasticsearch|elasticsearch|elasticsearch-dsl|github\.com\/elastic\/go-elasticsearch(?:\/v\d)?|elasticsearch\/elasticsearch)$/i,
  ],
  ['nats', /^(?:nats|nats-py|github\.com\/nats-io\/nats\.go|async-nats)$/i],
  ['sqlserver', /^(?:mssql|tedious|pymssql|mssql-django|microsoft\.entityframeworkcore\.sqlserver|com\.microsoft\.sqlserver:mssql-jdbc)$/i],
];

/** Servers that the libraries of a manifest are for. A library may be there without being used. */
export function servicesOf(project: Project, libraries: readonly string[], file: string): Answer<string>[] {
  return librariesByService.flatMap(([service, expression]) => {
    const library = libraries.find((name) => expression.test(name));
    if (library === undefined) return [];
    return [project.answer(service, { rule: 'service-by-library', confidence: 'medium', file, at: library.split(':').at(-1)! })];
  });
}
