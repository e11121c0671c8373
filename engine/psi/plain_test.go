package psi

import (
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
)

// TestFilesOfAllKindsMeet runs whole jobs with the readers that the engine has.
func TestFilesOfAllKindsMeet(t *testing.T) {
	bank := file("bank", "iban;balance;region\n de 12 ;10.50;north\nDE34;-0.25;\"so;uth\"\nde56;7;north\nDE12;1;north\n")
	shop := file("shop", "x,DE12,1\ny,DE56,2\nz,DE99,3\n")
	const parties = `"mode":"plain","normalise":{"trim":true,"spaces":true,"fold":true},"parties":{"bank":{"format":"csv","column":"iban","delimiter":";"},"shop":{"format":"csv","column":"2","header":false}}`
	for _, tt := range []struct{ name, params, file, want string }{
		{"an intersection", `"operation":"intersection"`, "intersection.csv", "id\nde56\nde12\n"},
		{"a left join", `"operation":"join","join":{"kind":"left","columns":{"bank":["balance","region"],"shop":["1"]}}`, "join.csv",
			"id,bank.balance,bank.region,shop.1\nde 12,10.50,north,\nde34,-0.25,so;uth,\nde56,7,north,y\nde12,1,north,x\n"},
		{"a column as text and as numbers", `"operation":"compute","compute":[{"function":"sum","party":"bank","column":"balance","decimals":2},{"function":"mean","party":"shop","column":"3"}],"groupBy":{"party":"bank","column":"balance"}`, "compute.csv",
			"bank.balance,sum(bank.balance),mean(shop.3)\n7,7.00,2.00\n1,1.00,1.00\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := tacit.Job{Params: []byte("{" + tt.params + "," + parties + "}"), Inputs: []tacit.GuestFile{bank, shop}, Limits: enough()}
			if got := textOf(t, mustRun(t, New(Config{Threads: 2}), job), tt.file); got != tt.want {
				t.Errorf("%s = %q, want %q", tt.file, got, tt.want)
			}
		})
	}
	for _, tt := range []struct {
		name, params string
		code         fault.Code
	}{
		{"a column that is not there", `{"operation":"join","join":{"kind":"inner","columns":{"bank":["balanc"]}},` + parties + `}`, fault.PSIColumn},
		{"a column that is no number", `{"operation":"compute","compute":[{"function":"sum","party":"bank","column":"region"}],` + parties + `}`, fault.PSIRow},
		{"more decimals than said", `{"operation":"compute","compute":[{"function":"sum","party":"bank","column":"balance","decimals":1}],` + parties + `}`, fault.PSIRow},
		{"a set that is none", `{"operation":"union","mode":"plain","parties":{"bank":{"format":"csv","column":"iban","delimiter":";"},"shop":{"format":"set"}}}`, fault.PSISet},
		{"a set whose columns are told", `{"operation":"union","mode":"plain","parties":{"bank":{"format":"csv","column":"iban","delimiter":";"},"shop":{"format":"set","column":"id"}}}`, fault.PSIJob},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := tacit.Job{Params: []byte(tt.params), Inputs: []tacit.GuestFile{bank, shop}, Limits: enough()}
			if _, why := mustRefuse(t, New(Config{Threads: 2}), job, tt.code); strings.Contains(why, "north") || strings.Contains(why, "DE") {
				t.Errorf("the refusal quotes data: %s", why)
			}
		})
	}
	t.Run("memory that a reader does not get", func(t *testing.T) {
		job := ask(`"operation":"union"`, count("a", 0, 300000), count("b", 0, 10))
		mustRun(t, New(Config{}), job)
		job.Limits.Memory = base + 1<<20
		if _, why := mustRefuse(t, New(Config{}), job, fault.PSISize); !strings.Contains(why, "requirements.memory") {
			t.Errorf("refusal = %s", why)
		}
	})
}
