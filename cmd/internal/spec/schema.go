package spec

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"

	"tacit"
	"tacit/wire"
)

// Example is a task file with every field explained.
const Example = `# yaml-language-server: $schema=task.schema.json
# The schema is docs/schema/task.schema.json; 'tacit task schema' prints it.
apiVersion: tacit/v1
kind: Task
name: cancer-model              # yours; 'tacit task list' shows it
labels: {project: demo}         # yours too: 'tacit task list --label project=demo'

service: acme/logreg            # owner/name, or owner/name@3 for that generation
params: {}                      # the guest reads it as /params.json; at most 32 KiB
inputs:                         # alias: dataset; the guest reads /data/ALIAS
  left: hospital/left
  right: clinic/right
outputs:
  maxSize: 1048576              # bytes, with stdout and stderr

requirements:
  level: 2                      # least platform: 2 (simulated) to 5
  region: ""                    # of the worker; empty is any
  purpose: ""                   # as the owners' terms name it
  fuel: 4000000000              # work units
  memory: 268435456             # bytes
  seconds: 30                   # of running

maxPrice: "0.5"                 # coins, at most nine decimals
wait: 0                         # blocks that the deadline is later, for owners who are asked
delivery:
  out: result                   # folder for the result and the proof
`

// about says what a field is for and, where its type says too little, what it may be.
type about struct {
	text string
	more map[string]any
}

type m = map[string]any

var taskFields = map[string]about{
	"apiVersion":           {"Version of this form.", m{"const": APIVersion}},
	"kind":                 {"What the file is.", m{"const": Kind}},
	"name":                 {"Your name for the task; it stays in your home.", m{"pattern": Label}},
	"labels":               {"Your labels, by which 'tacit task list --label' chooses; they stay in your home.", m{"propertyNames": m{"pattern": Label}, "additionalProperties": m{"type": "string", "pattern": "^$|" + Label}}},
	"service":              {"The program: owner/name, or owner/name@generation.", m{"pattern": Reference}},
	"params":               {"What the guest reads as /params.json, any JSON of at most 32 KiB.", nil},
	"inputs":               {"Datasets by alias, or what an earlier task left to this one (task:ID); the guest reads /data/ALIAS.", m{"propertyNames": m{"pattern": Alias}, "maxProperties": 64, "additionalProperties": m{"type": "string", "pattern": Reference + "|" + Left}}},
	"outputs":              {"What the task may leave.", nil},
	"outputs.maxSize":      {"Bytes of all files, stdout and stderr together [1048576].", m{"minimum": 1, "maximum": 1 << 30}},
	"outputs.to":           {"Age recipients, as 'tacit wallet recipient' prints them, who get a part of the result besides you: the task's recipients 1, 2 ...; you are 0.", m{"maxItems": tacit.MostRecipients - 1, "items": m{"type": "string", "maxLength": 4096}}},
	"outputs.onward":       {"Leave a part of the result to a next task; its recipients come behind those of to.", nil},
	"requirements":         {"What the task needs of its worker, and its limits.", nil},
	"requirements.level":   {"Least platform level: 2 simulated, 3 measured boot, 4 confidential VM, 5 enclave [2].", m{"minimum": 2, "maximum": 5}},
	"requirements.region":  {"Region of the worker; empty is any.", m{"maxLength": 64}},
	"requirements.purpose": {"Purpose, as the owners' terms name it.", m{"maxLength": 64}},
	"requirements.fuel":    {"Most work units [4000000000].", m{"minimum": 1, "maximum": 1 << 50}},
	"requirements.memory":  {"Most bytes of guest memory [268435456].", m{"minimum": 1, "maximum": 4 << 30}},
	"requirements.seconds": {"Most seconds of running [30].", m{"minimum": 1, "maximum": 86400}},
	"maxPrice":             {"Most coins that the task may cost, at most nine decimals [1]. Write small ones in quotes.", m{"type": []string{"string", "number"}, "pattern": Amount, "minimum": 0}},
	"wait":                 {"Blocks that the deadline is later, for owners who are asked [0].", nil},
	"delivery":             {"Where the result goes.", nil},
	"delivery.out":         {"Folder for the result and the proof [result].", m{"minLength": 1}},
}

var termsFields = map[string]about{
	"services":         {"Services that may use it, owner/name.", nil},
	"anyService":       {"Any service may use it.", nil},
	"users":            {"Accounts that may use it.", nil},
	"anyUser":          {"Any account may use it.", nil},
	"purposes":         {"Purposes that it may be used for.", nil},
	"anyPurpose":       {"Any purpose, also none.", nil},
	"regions":          {"Regions of workers.", nil},
	"anyRegion":        {"Any region.", nil},
	"minLevel":         {"Least platform level: 2 simulated to 5.", m{"minimum": 2, "maximum": 5}},
	"expires":          {"Seconds since 1970 at which the terms end.", m{"minimum": 1}},
	"maxReleases":      {"Releases of the key over all tasks.", m{"minimum": 1}},
	"maxPerTask":       {"Releases of the key over the attempts of one task.", m{"minimum": 1}},
	"maxOutput":        {"Bytes that a task over it may leave.", m{"minimum": 1}},
	"logs":             {"The guest's stdout and stderr may reach the user.", nil},
	"withdrawn":        {"Nobody may use it any more.", nil},
	"minGroupSize":     {"Rows behind each result; enforced by engines that know rows.", nil},
	"timing":           {"Milliseconds; results leave that long, or twice, four times ... as long, after the keys came.", nil},
	"rule":             {"One predicate in CEL that must hold.", m{"maxLength": tacit.MostRule}},
	"approval":         {"The owner is asked for each task that he has not allowed before.", nil},
	"budgets":          {"Budgets of releases; each of them must have room.", m{"maxItems": tacit.MostBudgets}},
	"budgets.per":      {"For whom it is counted.", m{"enum": []string{tacit.PerUser, tacit.PerService, tacit.PerTotal}}},
	"budgets.releases": {"How many.", nil},
	"budgets.window":   {"Within this time, such as 24h or 90m; 0s counts for ever.", m{"pattern": `^([0-9]+(\.[0-9]+)?(h|m|s))+$`}},

	"sets":                 {"What may be done with the dataset as a set of ids, by the built-in engine (docs/psi.md).", nil},
	"sets.operations":      {"Operations whose results may go to whomever the task names.", m{"items": m{"type": "string", "enum": tacit.SetOperations()}}},
	"sets.steps":           {"Operations whose results may only go on to a next task, which you are asked about again.", m{"items": m{"type": "string", "enum": tacit.SetOperations()}}},
	"sets.minSet":          {"Distinct ids that every other party must bring.", nil},
	"sets.minDifference":   {"Ids of this dataset by which two answers must differ, unless they are about the same ones, whoever asks; 0 does not care.", m{"maximum": 64}},
	"learn":                {"What may be done with the dataset, or the model, by the built-in engines that learn and infer (docs/learn.md, docs/infer.md).", nil},
	"learn.operations":     {"Operations whose results may go to whomever the task names.", m{"items": m{"type": "string", "enum": tacit.LearnOperations()}}},
	"learn.steps":          {"Operations whose results may only go on to a next task, which you are asked about again.", m{"items": m{"type": "string", "enum": tacit.LearnOperations()}}},
	"learn.minRows":        {"Rows that must be behind whatever leaves.", nil},
	"learn.minParties":     {"Owners whose data must be behind a model that leaves.", nil},
	"learn.epsilon":        {"Most that differential privacy may cost this dataset in one training, in thousandths, at a delta of 1e-5; 0 demands no noise.", nil},
	"secrets":              {"What the vault of the entry's manager gives to tasks that the terms allow.", m{"maxItems": tacit.MostSecrets}},
	"secrets.name":         {"What the program calls it: /secrets/NAME if it is read, /keys/NAME if it is used.", m{"pattern": `^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$`}},
	"secrets.use":          {"read, or what a key that stays in the vault does.", m{"enum": []string{tacit.SecretRead, tacit.SecretSign, tacit.SecretHMAC, tacit.SecretEncrypt, tacit.SecretDecrypt}}},
	"secrets.path":         {"In the vault, such as secret/data/weather, or transit/keys/reports for a key.", m{"minLength": 1}},
	"secrets.field":        {"Of what is read; empty is all of it, as JSON.", nil},
	"secrets.role":         {"Of the vault (auth/task/role/NAME), which must name this entry and the service.", m{"minLength": 1}},
	"secrets.params":       {"That go with each use of a key and are not for the program to choose.", m{"maxItems": tacit.MostSecrets}},
	"secrets.params.name":  {"As the vault's API calls it, such as hash_algorithm.", m{"minLength": 1}},
	"secrets.params.value": {"Its value.", nil},
	"secrets.calls":        {"Most uses of a key in one attempt.", m{"maximum": tacit.MostSecretCalls}},
}

// Schemas are the published ones, by the kind of file.
var Schemas = map[string]func() []byte{
	"task": func() []byte {
		return schema("A task of Tacit", reflect.TypeFor[Task](), taskFields, "apiVersion", "kind", "service")
	},
	"terms": func() []byte { return schema("Terms of an owner", reflect.TypeFor[tacit.Terms](), termsFields) },
}

// schema writes the JSON Schema of a type.
func schema(title string, t reflect.Type, fields map[string]about, required ...string) []byte {
	s := object(t, "", fields)
	s["$schema"], s["title"] = "https://json-schema.org/draft/2020-12/schema", title
	if len(required) > 0 {
		s["required"] = required
	}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // of constants only
	}
	return append(b, '\n')
}

func object(t reflect.Type, where string, fields map[string]about) m {
	props := m{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		at := strings.TrimPrefix(where+"."+name, ".")
		s := value(f.Type, at, fields)
		s["description"] = fields[at].text
		for k, v := range fields[at].more {
			s[k] = v
		}
		props[name] = s
	}
	return m{"type": "object", "properties": props, "additionalProperties": false}
}

func value(t reflect.Type, at string, fields map[string]about) m {
	switch {
	case t == reflect.TypeFor[json.RawMessage]():
		return m{}
	case t == reflect.TypeFor[wire.Address]():
		return m{"type": "string", "pattern": "^0x[0-9a-fA-F]{40}$"}
	case t.Kind() == reflect.Pointer:
		return value(t.Elem(), at, fields)
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return m{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Struct:
		return object(t, at, fields)
	case reflect.Map:
		return m{"type": "object", "additionalProperties": value(t.Elem(), at, fields)}
	case reflect.Slice:
		return m{"type": []string{"array", "null"}, "items": value(t.Elem(), at, fields)}
	case reflect.Bool:
		return m{"type": "boolean"}
	case reflect.String:
		return m{"type": "string"}
	}
	return m{"type": "integer", "minimum": 0, "maximum": uint64(1)<<min(t.Bits(), 63) - 1}
}
