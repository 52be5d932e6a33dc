package policy

import "encoding/json"

// SchemaID names the schema of policy documents; it is a name, nothing is fetched from it.
const SchemaID = "https://patchwart.example/schema/policy.json"

// Schema is the JSON Schema (draft 2020-12) of policy documents, for editors: it completes names and values
// and marks what does not exist. What Parse checks beyond it (that IDs are unique, that the default
// denies), only Parse and Lint can say.
func Schema() []byte {
	type object = map[string]any
	text := object{"type": "object", "additionalProperties": false, "required": []string{"de", "en"}, "properties": object{
		"de": object{"type": "string", "minLength": 1}, "en": object{"type": "string", "minLength": 1},
	}, "description": "The same statement in German and English, in own words."}
	day := object{"type": "string", "pattern": `^(\d{4}-\d{2}-\d{2}|unknown)$`}
	enum := func(values []string, description string) object {
		return object{"enum": values, "description": description}
	}
	when := object{}
	for _, f := range facets {
		when[f.name] = object{
			"description": f.title.EN,
			"oneOf":       []any{object{"enum": f.known}, object{"type": "array", "minItems": 1, "uniqueItems": true, "items": object{"enum": f.known}}},
		}
	}
	result := object{}
	for _, f := range fields {
		values := make([]any, 0, len(f.values))
		for _, v := range f.values {
			switch {
			case f.name == fields[fieldExplicit].name:
				values = append(values, v == "true")
			case f.name == fields[fieldDeadline].name && v != "none":
				values = append(values, json.Number(v))
			default:
				values = append(values, v)
			}
		}
		result[f.name] = object{"enum": values}
	}
	consequence := object{
		"tier": enum(texts(AllTiers()), "Which statement wins: law, agreement, package, text, orientation, default."),
		"when": object{"type": "object", "additionalProperties": false, "properties": when,
			"description": "All conditions must hold; a list means one of these. Left out: always."},
		"result": object{"type": "object", "additionalProperties": false, "minProperties": 1, "properties": result},
		"notice": text,
	}
	control := object{"type": "object", "additionalProperties": false, "required": []string{"id", "kind", "what", "interval", "evidence"}, "properties": object{
		"id":       object{"type": "string", "pattern": controlID.String()},
		"kind":     enum(texts(AllControlKinds()), "check: software can look; attestation: a person has to say so."),
		"what":     text,
		"interval": enum(texts(AllIntervals()), "How old a result may become before the statement counts as unproven."),
		"evidence": enum(texts(AllEvidence()), "What remains."),
	}}
	rule := object{
		"id":   object{"type": "string", "pattern": ruleID.String()},
		"kind": enum(texts(AllKinds()), "rule decides; notice is said along; control is checked or attested; statement is not for software."),
		"text": text, "reason": text, "question": text,
		"cases":    object{"type": "array", "minItems": 1, "items": object{"type": "object", "additionalProperties": false, "properties": consequence}},
		"controls": object{"type": "array", "minItems": 1, "items": control},
		"cites":    object{"type": "array", "minItems": 1, "items": object{"type": "string", "pattern": versionID.String()}},
	}
	for name, s := range consequence {
		rule[name] = s
	}
	demand := object{"type": "object", "additionalProperties": false, "required": []string{"rule", "sets", "documents"}, "properties": object{
		"rule": object{"type": "string", "pattern": ruleID.String()},
		"sets": object{"type": "object", "additionalProperties": false, "required": []string{"trigger"}, "properties": object{
			"trigger": object{"enum": fields[fieldTrigger].values}}},
		"documents": object{"type": "array", "minItems": 1, "items": object{"enum": texts(AllDocumentKinds())}},
	}}
	doc, err := json.MarshalIndent(object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SchemaID, "title": "Patchwart policy version",
		"description": "A published promise about updates as data: one rule for each statement of the document.",
		"type":        "object", "additionalProperties": false,
		"required": []string{"id", "name", "version", "title", "publisher", "source", "valid_from", "valid_to", "recorded_at", "rules"},
		"properties": object{
			"id":        object{"type": "string", "pattern": versionID.String(), "description": "name and version, joined by a dash"},
			"name":      object{"type": "string", "pattern": versionID.String(), "description": "what all versions have in common"},
			"version":   object{"type": "string", "pattern": label.String()},
			"title":     text,
			"publisher": object{"type": "string", "minLength": 1},
			"source": object{"type": "object", "additionalProperties": false, "required": []string{"title", "sha256"}, "properties": object{
				"title": object{"type": "string", "minLength": 1}, "sha256": object{"type": "string", "pattern": digest.String()}}},
			"valid_from": day, "valid_to": day,
			"recorded_at": object{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}$`},
			"supersedes":  object{"type": "string", "pattern": versionID.String()},
			"agreements":  object{"type": "array", "minItems": 1, "items": demand, "description": "What individual agreements must bring along before they may set a trigger."},
			"notices":     noticesSchema(text),
			"rules": object{"type": "array", "minItems": 1, "items": object{
				"type": "object", "additionalProperties": false, "required": []string{"id", "tier", "kind", "text"}, "properties": rule}},
		},
	}, "", "  ")
	if err != nil { // constants only
		panic("policy: " + err.Error())
	}
	return append(doc, '\n')
}
