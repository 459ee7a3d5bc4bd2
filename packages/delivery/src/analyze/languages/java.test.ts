import assert from 'node:assert/strict';
import test from 'node:test';
import { aTree } from '../../../test/a-tree.ts';
import { assertRecognised, type RecognitionCase } from '../../../test/recognition-case.ts';
import { analyzeTree } from '../analyze-tree.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
  'Spring Boot with Maven': {
    files: {
      'pom.xml':
        '<project><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.4.0</version></parent><artifactId>shop</artifactId><version>0.1.0</version><properties><java.version>21</java.version></properties><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-actuator</artifactId></dependency></dependencies></project>',
      mvnw: '',
      '.mvn/wrapper/maven-wrapper.properties': '',
      'src/main/resources/application.yml': 'spring:\n  x: y\nserver:\n  address: z\n  port: ${PORT:9090}\n',
    },
    expected: {
      language: 'java',
      framework: 'spring-boot',
      version: '21',
      packageManager: 'maven',
      buildCommand: 'chmod +x mvnw && ./mvnw -B -DskipTests package',
      startCommand: 'java -Dserver.port=${PORT:-8080} -jar target/shop-0.1.0.jar',
      port: 9090,
      healthPath: '/actuator/health',
    },
  },
  'Maven without what its wrapper needs': {
    files: { 'pom.xml': '<project><artifactId>shop</artifactId></project>', mvnw: '' },
    expected: { buildCommand: 'mvn -B -DskipTests package' },
  },
  'Gradle without the archive of its wrapper': {
    files: { 'build.gradle': "plugins { id 'java' }\n", gradlew: '', 'gradle/wrapper/gradle-wrapper.properties': '' },
    expected: { buildCommand: 'gradle build -x test' },
  },
  'Quarkus with Gradle and Kotlin': {
    files: {
      'build.gradle.kts': 'plugins {\n  kotlin("jvm") version "2.1"\n  id("io.quarkus")\n}\nkotlin { jvmToolchain(21) }\n',
      gradlew: '',
    },
    expected: {
      language: 'kotlin',
      framework: 'quarkus',
      version: '21',
      packageManager: 'gradle',
      startCommand: 'java -Dquarkus.http.port=${PORT:-8080} -jar build/quarkus-app/quarkus-run.jar',
      port: 8080,
    },
  },
  'Spring Boot with Gradle, which names its archive': {
    files: {
      'build.gradle': "plugins { id 'org.springframework.boot' version '3.4.0' }\nversion = '0.0.1-SNAPSHOT'\n",
      'settings.gradle': "rootProject.name = 'shop'\n",
    },
    expected: {
      framework: 'spring-boot',
      buildCommand: 'gradle build -x test',
      startCommand: 'java -Dserver.port=${PORT:-8080} -jar build/libs/shop-0.0.1-SNAPSHOT.jar',
    },
  },
  'Gradle that computes the name of its archive': {
    files: {
      'build.gradle': "plugins { id 'org.springframework.boot' version '3.4.0' }\nversion = '1'\nbootJar { archiveFileName = other() }\n",
      'settings.gradle': "rootProject.name = 'shop'\n",
    },
    expected: {
      framework: 'spring-boot',
      startCommand:
        'java -Dserver.port=${PORT:-8080} -jar "$(ls build/libs/*.jar | grep -v -e -plain.jar -e -sources.jar -e -javadoc.jar)"',
    },
  },
  'Spring Boot with Gradle and no settings': {
    files: { 'build.gradle': "buildscript { }\napply plugin: 'org.springframework.boot'\nversion = '1.0'\n" },
    expected: {
      framework: 'spring-boot',
      startCommand:
        'java -Dserver.port=${PORT:-8080} -jar "$(ls build/libs/*.jar | grep -v -e -plain.jar -e -sources.jar -e -javadoc.jar)"',
    },
  },
  'Spring Boot that Gradle applies to other projects alone': {
    files: { 'build.gradle': "plugins { id 'org.springframework.boot' version '3.4.0' apply false }\n" },
    expected: { framework: 'spring-boot', startCommand: undefined },
  },
  'Ktor with the plugin of its own and no settings': {
    files: { 'build.gradle.kts': 'plugins {\n  kotlin("jvm") version "2.1"\n  id("io.ktor.plugin") version "3.4.3"\n}\n' },
    expected: {
      framework: 'ktor',
      buildCommand: 'gradle build installDist -x test',
      startCommand: '"$(ls build/install/*/bin/* | grep -v \'[.]bat$\')"',
    },
  },
  'Gradle with the plugin for applications': {
    files: {
      'build.gradle.kts':
        'plugins {\n  kotlin("jvm") version "2.1"\n  application\n}\ndependencies { implementation("io.ktor:ktor-server-netty:3") }\n',
      'settings.gradle.kts': 'rootProject.name = "shop"\n',
      gradlew: '',
      'gradle/wrapper/gradle-wrapper.properties': '',
      'gradle/wrapper/gradle-wrapper.jar': '',
    },
    expected: {
      language: 'kotlin',
      framework: 'ktor',
      buildCommand: 'chmod +x gradlew && ./gradlew build installDist -x test',
      startCommand: 'build/install/shop/bin/shop',
    },
  },
  'Micronaut with Gradle, whose script is told the port': {
    files: {
      'build.gradle': "plugins {\n  id 'application'\n  id 'io.micronaut.application' version '4'\n}\n",
      'settings.gradle': "rootProject.name = 'shop'\n",
    },
    expected: {
      framework: 'micronaut',
      startCommand: 'JAVA_OPTS="-Dmicronaut.server.port=${PORT:-8080} $JAVA_OPTS" build/install/shop/bin/shop',
      port: 8080,
    },
  },
  'the only application of a Gradle build': {
    files: {
      'settings.gradle': "rootProject.name = 'all'\ninclude 'library', 'services:shop'\n",
      'library/build.gradle': "plugins { id 'java-library' }\n",
      'services/shop/build.gradle': "apply plugin: 'application'\n",
    },
    expected: { buildCommand: 'gradle build installDist -x test', startCommand: 'services/shop/build/install/shop/bin/shop' },
  },
  'Gradle with a plugin for applications that names what it installs': {
    files: {
      'build.gradle': "plugins { id 'application' }\napplication { applicationName = other() }\n",
      'settings.gradle': "rootProject.name = 'shop'\n",
    },
    expected: { buildCommand: 'gradle build -x test', startCommand: undefined },
  },
  'an archive of Gradle that says where it begins': {
    files: {
      'build.gradle': "apply plugin: 'java'\njar { manifest { attributes 'Main-Class': 'shop.Main' } }\n",
      'settings.gradle': "rootProject.name = 'shop'\n",
    },
    expected: { buildCommand: 'gradle build -x test', startCommand: 'java -jar build/libs/shop.jar' },
  },
  'a library of Gradle': {
    files: { 'build.gradle': "apply plugin: 'java'\n", 'settings.gradle': "rootProject.name = 'shop'\n" },
    expected: { startCommand: undefined },
  },
  'an archive of Maven that says where it begins': {
    files: {
      'pom.xml':
        '<project><artifactId>tool</artifactId><version>2</version><build><plugins><plugin><artifactId>maven-jar-plugin</artifactId><configuration><archive><manifest><mainClass>a.Main</mainClass></manifest></archive></configuration></plugin></plugins></build></project>',
    },
    expected: { language: 'java', framework: undefined, startCommand: 'java -jar target/tool-2.jar' },
  },
  'Maven with a profile that names the archive differently, and a version of the parent': {
    files: {
      'pom.xml':
        '<project><parent><groupId>g</groupId><artifactId>all</artifactId><version>4.0.1</version></parent><artifactId>shop</artifactId><build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build><profiles><profile><id>e2e</id><build><finalName>e2e</finalName></build></profile></profiles></project>',
    },
    expected: { framework: 'spring-boot', startCommand: 'java -Dserver.port=${PORT:-8080} -jar target/shop-4.0.1.jar' },
  },
  'a module of Maven that has plugin and version from its parent': {
    files: {
      'pom.xml':
        '<project><parent><artifactId>all</artifactId><version>2.0</version></parent><artifactId>vets</artifactId><dependency><groupId>org.springframework.boot</groupId></dependency></project>',
      'src/main/java/a/b/c/d/e/f/VetsApplication.java': '@SpringBootApplication\n',
    },
    expected: { startCommand: 'java -Dserver.port=${PORT:-8080} -jar target/vets-2.0.jar' },
  },
  'a library of Maven that has its version from its parent': {
    files: {
      'pom.xml':
        '<project><parent><artifactId>all</artifactId><version>2.0</version></parent><artifactId>core</artifactId><dependency><groupId>org.springframework.boot</groupId></dependency></project>',
      'src/main/java/a/Shop.java': '',
    },
    expected: { startCommand: undefined },
  },
  'Maven that builds the name of its archive': {
    files: {
      'pom.xml':
        '<project><artifactId>shop</artifactId><version>1</version><build><finalName>${project.artifactId}</finalName><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>',
    },
    expected: { startCommand: 'java -Dserver.port=${PORT:-8080} -jar target/shop.jar' },
  },
  'Maven with a name that is set elsewhere': {
    files: {
      'pom.xml':
        '<project><artifactId>shop</artifactId><version>${revision}</version><build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>',
    },
    expected: { framework: 'spring-boot', startCommand: undefined },
  },
  'a library of Maven': {
    files: { 'pom.xml': '<project><artifactId>tool</artifactId><version>2</version></project>' },
    expected: { language: 'java', startCommand: undefined },
  },
  'Spring Boot that Maven packs for servers of applications': {
    files: {
      'pom.xml':
        '<project><artifactId>shop</artifactId><version>1</version><packaging>war</packaging><build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>',
    },
    expected: { startCommand: 'java -Dserver.port=${PORT:-8080} -jar target/shop-1.war' },
  },
  'an archive of Maven for servers of applications alone': {
    files: { 'pom.xml': '<project><artifactId>shop</artifactId><version>1</version><packaging>war</packaging></project>' },
    expected: { startCommand: undefined },
  },
  'Gradle that reads where it builds': {
    files: {
      'settings.gradle': "rootProject.name = 'shop'\n",
      'build.gradle':
        "plugins {\n  id 'org.springframework.boot' version '3.4.0'\n}\nversion = '1.0'\njacocoTestReport {\n  reports { html.outputLocation = layout.buildDirectory.dir('jacoco') }\n}\n",
    },
    expected: { startCommand: 'java -Dserver.port=${PORT:-8080} -jar build/libs/shop-1.0.jar' },
  },
  'Gradle that builds elsewhere': {
    files: {
      'settings.gradle': "rootProject.name = 'shop'\n",
      'build.gradle':
        "plugins {\n  id 'org.springframework.boot' version '3.4.0'\n}\nversion = '1.0'\nlayout.buildDirectory.set(file('out'))\n",
    },
    expected: { startCommand: undefined },
  },
  'Kotlin whose plugins a catalogue names': {
    files: {
      'build.gradle.kts':
        'plugins {\n  alias(libs.plugins.kotlin.jvm)\n  application\n}\ndependencies { implementation("io.ktor:ktor-server-netty") }\n',
    },
    expected: { language: 'kotlin', framework: 'ktor' },
  },
  'Ktor whose settings say where it listens': {
    files: {
      'build.gradle.kts': 'plugins {\n  id("io.ktor.plugin")\n}\n',
      'src/main/resources/application.conf':
        'ktor {\n  deployment {\n    port: 8888\n    port = ${?PORT}\n  }\n}\ndatabase { port = 5432 }\n',
    },
    expected: { framework: 'ktor', port: 8888 },
  },
  'Ktor with settings in YAML': {
    files: {
      'build.gradle.kts': 'plugins {\n  id("io.ktor.plugin")\n}\n',
      'src/main/resources/application.yaml': 'ktor:\n  application:\n    modules: []\n  deployment:\n    port: "$PORT:8081"\n',
    },
    expected: { port: 8081 },
  },
  'Micronaut whose settings say where it listens': {
    files: {
      'build.gradle': "plugins { id 'io.micronaut.application' }\n",
      'src/main/resources/application.yml': 'micronaut:\n  application:\n    name: shop\n  server:\n    port: ${PORT:8082}\n',
    },
    expected: { framework: 'micronaut', port: 8082 },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}

test('a build of modules in the group of a framework is a question over the modules', async () => {
  const module = (name: string): string =>
    `<project><artifactId>${name}</artifactId><version>1</version><dependencies><dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest</artifactId></dependency></dependencies></project>`;
  const top =
    '<project><groupId>io.quarkus.sample</groupId><artifactId>x</artifactId><packaging>pom</packaging><modules><module>a</module><module>b</module></modules></project>';

  const analysis = await analyzeTree(aTree({ 'pom.xml': top, 'a/pom.xml': module('a'), 'b/pom.xml': module('b') }));

  assert.deepEqual(
    analysis.ambiguities.map(({ field, choices }) => [field, choices.map(({ value }) => value)]),
    [['root', ['a', 'b']]],
  );
  assert.deepEqual([analysis.framework, analysis.startCommand], [undefined, undefined]);
});

test('a build of Gradle that applies Kotlin by its short name is Kotlin', async () => {
  const analysis = await analyzeTree(aTree({ 'build.gradle': "apply plugin: 'kotlin'\napply plugin: 'application'\n" }));

  assert.equal(analysis.language?.value, 'kotlin');
});
