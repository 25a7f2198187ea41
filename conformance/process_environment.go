package conformance

import "os"

// passed are the variables that a client gets from the runner's environment: those that programs
// need to start and to find their libraries. Variables that could change the results of a client
// are left out, above all AWS_* (credentials, endpoints, retry modes) and those of proxies. To pass
// another one, start the client through env: `-- env NAME=VALUE CLIENT`.
var passed = []string{
	"PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE",
	"XDG_CACHE_HOME", "XDG_DATA_HOME",
	// The dynamic linkers of Linux and macOS.
	"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
	// Windows: without SystemRoot a program cannot even open a socket.
	"SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "TEMP", "TMP",
	"USERPROFILE", "APPDATA", "LOCALAPPDATA", "ProgramData", "ProgramFiles",
	// Languages: their homes, libraries and caches.
	"GOROOT", "GOPATH", "GOCACHE", "GOMODCACHE", "GOFLAGS", "GOTOOLCHAIN", "GOPROXY", "GOSUMDB",
	"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX",
	"NODE_PATH", "NVM_DIR", "NPM_CONFIG_CACHE", "DENO_DIR", "BUN_INSTALL",
	"JAVA_HOME", "CLASSPATH", "MAVEN_HOME", "GRADLE_USER_HOME",
	"DOTNET_ROOT", "NUGET_PACKAGES",
	"GEM_HOME", "GEM_PATH", "BUNDLE_PATH", "RUBYLIB",
	"CARGO_HOME", "RUSTUP_HOME", "PERL5LIB", "ERL_LIBS",
}

// zone is the time zone of a client. Its offset, +05:45, is one by which no other mistake shifts a
// time: local times that are taken for UTC are found on machines whose own zone is UTC.
const zone = "Asia/Kathmandu"

// environment is the environment of a client: the passed variables, the time zone, and three that
// keep the SDKs from the AWS configuration in HOME.
func environment() []string {
	env := []string{
		"AWS_CONFIG_FILE=" + os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"AWS_EC2_METADATA_DISABLED=true",
		"TZ=" + zone,
	}
	for _, name := range passed {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
