import test from 'node:test';
import { assertRecognised, type RecognitionCase } from '../../../test/recognition-case.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
  '.NET whose version stands for all projects': {
    files: {
      'Shop.sln': '',
      'src/Directory.Build.props': '<Project><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>',
      'global.json': '{"sdk": {"version": "10.0.100"}}',
      'src/Shop/Shop.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
    },
    expected: { language: 'dotnet', version: '9.0' },
  },
  '.NET whose version is that of the SDK': {
    files: { 'global.json': '{"sdk": {"version": "10.0.100"}}', 'Shop.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>' },
    expected: { version: '10.0' },
  },
  'ASP.NET Core that says itself where it listens': {
    files: {
      'Shop.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
      'Program.cs': '// app.Run("http://localhost:1000");\napp.Run("http://localhost:4000");\n',
    },
    expected: { port: 4000 },
  },
  'ASP.NET Core beside several solutions': {
    files: {
      'All.sln': '',
      'Web.slnx': '',
      'Shop.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
    },
    expected: {
      installCommand: 'dotnet restore Shop.csproj',
      buildCommand: 'dotnet publish Shop.csproj -c Release -o out',
    },
  },
  'libraries for .NET in folders, which nothing at the top restores': {
    files: { 'a/A.csproj': '<Project Sdk="Microsoft.NET.Sdk"></Project>', 'b/B.csproj': '<Project Sdk="Microsoft.NET.Sdk"></Project>' },
    expected: { language: 'dotnet', installCommand: undefined, buildCommand: undefined },
  },
  'ASP.NET Core beside its tests': {
    files: {
      'src/Shop.csproj':
        '<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>',
      'tests/Shop.Tests.csproj':
        '<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="Microsoft.NET.Test.Sdk" /></ItemGroup></Project>',
    },
    expected: {
      language: 'dotnet',
      framework: 'aspnetcore',
      version: '9.0',
      installCommand: 'dotnet restore src/Shop.csproj',
      buildCommand: 'dotnet publish src/Shop.csproj -c Release -o out',
      startCommand: 'ASPNETCORE_URLS=http://0.0.0.0:${PORT:-8080} dotnet out/Shop.dll',
      port: 8080,
    },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}
